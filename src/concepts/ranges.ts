/**
 * Half-open spans `[start, end)`. Characters and tokens are different units and must not be mixed: the phantom
 * `unit` makes assigning one to the other a type error, while plain literals fit both.
 */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** UTF-16 code unit offsets into a document (what `TextDocument.positionAt` takes). */
export interface CharRange extends Span {
  readonly unit?: 'char';
}

/** Absolute token positions: the prompt first, then the generation. */
export interface TokenRange extends Span {
  readonly unit?: 'token';
}

export function isEmptyRange(range: CharRange | TokenRange): boolean {
  return range.end <= range.start;
}

export function overlaps<R extends CharRange | TokenRange>(a: R, b: R): boolean {
  return a.start < b.end && b.start < a.end;
}

export function contains(range: CharRange | TokenRange, position: number): boolean {
  return range.start <= position && position < range.end;
}
