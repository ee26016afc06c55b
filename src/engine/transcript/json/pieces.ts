import { SourceText } from '../turns/sourceText';

/**
 * Where a text stands that was read from pieces put together, which stand apart from one another: a text for each piece that it has a part in.
 * @param source in offsets of the pieces' texts, one behind the other
 */
export function placedPieces(source: SourceText, pieces: readonly SourceText[]): SourceText[] {
  const placed: SourceText[] = [];
  let unit = 0;
  let from = 0;
  for (const piece of pieces) {
    const to = from + piece.text.length;
    const place = (at: number) => (at < to ? piece.startOf(at - from) : piece.range.end);
    const offsets: number[] = [];
    const first = unit;
    for (; unit < source.text.length && source.startOf(unit) < to; unit++) offsets.push(place(source.startOf(unit)));
    if (unit > first) placed.push(SourceText.withOffsets(source.text.slice(first, unit), Uint32Array.from([...offsets, place(source.endOf(unit - 1))])));
    from = to;
  }
  return placed;
}

/** Pieces as one text, in which the last character of a piece reaches to the next one. */
export function joinedPieces(pieces: readonly SourceText[]): SourceText {
  const offsets = pieces.flatMap((piece) => Array.from({ length: piece.text.length }, (_, unit) => piece.startOf(unit)));
  return SourceText.withOffsets(pieces.map(({ text }) => text).join(''), Uint32Array.from([...offsets, pieces[pieces.length - 1].range.end]));
}
