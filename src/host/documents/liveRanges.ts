import { contains, overlaps, type CharRange } from '../../concepts/ranges';
import { lengthDelta, rangeAfterEdits, type TextEdit } from './textEdits';

/**
 * The character ranges of a traced text's tokens, followed through the edits that come after the trace. A range either
 * stands on exactly the characters that were traced or is lost (null): colours never end up on other words.
 */
export class LiveRanges {
  private ranges: (CharRange | null)[];
  private length: number;

  constructor(private readonly traced: readonly (CharRange | null)[], private readonly tracedLength: number) {
    this.ranges = [...traced];
    this.length = tracedLength;
  }

  /** One entry per token. */
  get current(): readonly (CharRange | null)[] {
    return this.ranges;
  }

  /** Follows one change event. When the edits do not account for the new length, every range is lost: wrong colours are worse than none. */
  apply(edits: readonly TextEdit[], newLength: number): void {
    if (this.length + lengthDelta(edits) !== newLength) this.drop();
    else this.ranges = this.ranges.map((range) => range && rangeAfterEdits(range, edits));
    this.length = newLength;
  }

  /** The text is another one, and nobody knows by which edits: every range is lost. */
  drop(): void {
    this.ranges.fill(null);
  }

  /** The document holds the traced text again (undo): every range is where it was. */
  reset(): void {
    this.ranges = [...this.traced];
    this.length = this.tracedLength;
  }

  /** The document holds the traced text with other line ends: every range is where it was in its line, except those that hold a line end. */
  changeLineEnds(traced: string, newLength: number): void {
    const linesBefore = new Uint32Array(traced.length + 1);
    for (let i = 0; i < traced.length; i++) linesBefore[i + 1] = linesBefore[i] + (traced[i] === '\n' ? 1 : 0);
    const perLine = Math.sign(newLength - traced.length); // a carriage return more, or less
    this.ranges = this.traced.map((range) => {
      if (!range || /[\r\n]/.test(traced.slice(range.start, range.end))) return null;
      const shift = perLine * linesBefore[range.start];
      return { start: range.start + shift, end: range.end + shift };
    });
    this.length = newLength;
  }

  /** Where traced characters stand now: the extent of the surviving tokens that lie in them, or null. */
  locate(traced: CharRange): CharRange | null {
    return this.extent((i) => {
      const range = this.traced[i];
      return range !== null && overlaps(range, traced);
    });
  }

  /** Where the surviving tokens among `[start, end)` stand now, or null when all are lost. */
  locateTokens(start: number, end: number): CharRange | null {
    return this.extent((i) => start <= i && i < end);
  }

  /** The token whose characters hold this offset (the first one, where tokens share a character), or null. */
  tokenAt(offset: number): number | null {
    const i = this.ranges.findIndex((range) => range !== null && contains(range, offset));
    return i < 0 ? null : i;
  }

  private extent(wanted: (token: number) => boolean): CharRange | null {
    let start = Infinity;
    let end = -Infinity;
    this.ranges.forEach((range, i) => {
      if (!range || !wanted(i)) return;
      start = Math.min(start, range.start);
      end = Math.max(end, range.end);
    });
    return start < end ? { start, end } : null;
  }
}
