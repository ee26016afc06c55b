import type { CharRange } from './ranges';

/** What a token stands for and where. */
export interface PlacedText {
  readonly text: string;
  /** Document characters, or null for template tokens. */
  readonly range: CharRange | null;
}

/**
 * What each token adds to the text that its predecessors already show. Tokens that split one character (byte-level
 * pieces of an emoji or a Chinese character) all carry that character in `text` and share its range: the first one
 * shows it, the others show nothing of it. Joined, the pieces are the text as it stands.
 */
export function ownTexts(tokens: readonly PlacedText[]): string[] {
  let covered = -1;
  let before = '';
  return tokens.map(({ text, range }) => {
    if (range === null) {
      before = text;
      return text;
    }
    let own = text;
    if (range.start < covered) own = range.end <= covered ? '' : text.slice(sharedLength(before, text));
    covered = Math.max(covered, range.end);
    before = text;
    return own;
  });
}

/** Length of the longest end of `before` that `text` begins with. */
function sharedLength(before: string, text: string): number {
  for (let length = Math.min(before.length, text.length); length > 0; length--) {
    if (before.endsWith(text.slice(0, length))) return length;
  }
  return 0;
}
