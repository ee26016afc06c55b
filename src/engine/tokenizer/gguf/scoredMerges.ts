type Merge = [left: string, right: string];

/**
 * The merges of a SentencePiece BPE, which has none but merges whatever gives the piece of the highest score: every way to make a piece of two others, that of the
 * higher score first, then that with the longer left part (`generate_merges` of transformers 5.24, tokenization_utils_base.py). BPE by these gives the ids of SentencePiece.
 *
 * @param pieces in the order of their ids, no two alike
 * @param scores of the pieces
 */
export function scoredMerges(pieces: readonly string[], scores: readonly number[]): Merge[] {
  const known = new Set(pieces);
  const order = [...pieces.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  const merges: Merge[] = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    const first = merges.length;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) pushMerges(pieces[order[end]], known, merges);
    // Those of one piece are in order. Scores alike are rare, but for pieces that the model's makers have added.
    if (end - start > 1) for (const merge of longerLeftFirst(merges.splice(first))) merges.push(merge);
  }
  return merges;
}

/** The longer left part first. */
function pushMerges(piece: string, known: ReadonlySet<string>, merges: Merge[]): void {
  for (let at = piece.length - 1; at > 0; at--) {
    if (isInsideCharacter(piece, at)) continue;
    const left = piece.slice(0, at);
    if (!known.has(left)) continue;
    const right = piece.slice(at);
    if (known.has(right)) merges.push([left, right]);
  }
}

function longerLeftFirst(merges: readonly Merge[]): Merge[] {
  const measured = merges.map((merge) => ({ merge, left: characters(merge[0]), right: characters(merge[1]) }));
  return measured.sort((a, b) => b.left - a.left || b.right - a.right).map(({ merge }) => merge);
}

function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (!isInsideCharacter(text, at)) count++;
  return count;
}

function isInsideCharacter(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff;
}
