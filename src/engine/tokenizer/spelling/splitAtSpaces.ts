import { METASPACE } from './tokenBytes';

/** Beyond this many characters that join with a following space the split would hardly ever apply. */
const MAX_JOINING = 64;

/**
 * SentencePiece tokenizers hand whole documents to BPE as one piece. No token of their vocabulary holds a space after
 * another character (a handful of characters aside), so no merge can cross such a place and the pieces between can be
 * merged one by one with the same result: words then come from the cache, several times faster on long documents.
 *
 * @param vocabulary all token strings
 * @returns a function that splits a piece, or null when the vocabulary does not allow it
 */
export function spaceSplitter(vocabulary: Iterable<string>): ((piece: string) => string[]) | null {
  const joining = new Set<string>();
  for (const token of vocabulary) {
    for (let at = token.indexOf(METASPACE, 1); at > 0; at = token.indexOf(METASPACE, at + 1)) {
      const before = token[at - 1];
      if (before !== METASPACE) joining.add(before);
    }
    if (joining.size > MAX_JOINING) return null;
  }
  return (piece) => {
    const pieces: string[] = [];
    let done = 0;
    for (let at = piece.indexOf(METASPACE, 1); at > 0; at = piece.indexOf(METASPACE, at + 1)) {
      if (piece[at - 1] === METASPACE || joining.has(piece[at - 1])) continue;
      pieces.push(piece.slice(done, at));
      done = at;
    }
    pieces.push(piece.slice(done));
    return pieces;
  };
}
