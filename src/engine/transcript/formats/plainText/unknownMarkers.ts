/** Tokens as chat templates have them: `<|turn|>`, `<start_of_turn>`, `[|user|]`. */
const MARKER = /<\|[\w:./-]{1,40}\|?>|<[\w:./-]{1,40}\|>|<｜[^｜<>\n]{1,40}｜>|<(?:start|begin|end)_of_\w{1,20}>|\[\|\w{1,20}\|\]/g;
/** One alone may be what a text is about. */
const SEVERAL = 3;

/** What to say of a plain text that holds several such tokens. */
export function unknownMarkersNotes(name: string, text: string, turns: number): string[] {
  const found = text.match(MARKER) ?? [];
  const distinct = [...new Set(found)];
  if (found.length < SEVERAL || distinct.length < 2) return [];
  const shown = distinct.slice(0, 2).join(' and ');
  return [`${name} holds what look like markers of a chat template that is not known (${shown}); it was read as plain text of ${turns === 1 ? 'one turn' : `${turns} turns`}: write its turns under lines such as "user:", or as chat JSON.`];
}
