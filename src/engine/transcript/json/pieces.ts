import type { SourceText } from '../turns/sourceText';

/** What stands in the units `[start, end)` of texts that are one text but stand in several places: a text for each place. */
export function piecesOf(run: readonly SourceText[], start: number, end: number): SourceText[] {
  const pieces: SourceText[] = [];
  let at = 0;
  for (const source of run) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, source.text.length)];
    if (from < to) pieces.push(source.slice(from, to));
    at += source.text.length;
  }
  return pieces;
}
