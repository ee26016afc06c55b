import type { CharRange } from '../../../concepts/ranges';

/**
 * Text as the model gets it, with its place in the document. Without `offsets` it stands there as it is from `start` on;
 * else unit `i` is the document's `[offsets[i], offsets[i + 1])` (escapes of the format, CRLF). `start` null: the text
 * stands nowhere in the document.
 */
export class SourceText {
  /** @param filled all of the text stands for the document's units from `start` to there */
  private constructor(readonly text: string, private readonly start: number | null, readonly offsets?: Uint32Array, private readonly filled?: number) {}

  /** The document's units `[start, end)`. With `crlf` the model gets LF for every CRLF. */
  static of(document: string, start: number, end: number, crlf: boolean): SourceText {
    const text = document.slice(start, end);
    if (!crlf || !text.includes('\r\n')) return new SourceText(text, start);
    const offsets: number[] = [];
    for (let i = 0; i < text.length; i++) {
      offsets.push(start + i);
      if (text[i] === '\r' && text[i + 1] === '\n') i++;
    }
    offsets.push(end);
    return new SourceText(text.replaceAll('\r\n', '\n'), start, Uint32Array.from(offsets));
  }

  static withOffsets(text: string, offsets: Uint32Array): SourceText {
    return new SourceText(text, offsets[0], offsets);
  }

  /** A value that is written in place of the document's units `[start, end)`: every unit of it stands for all of them. */
  static filledIn(text: string, start: number, end: number): SourceText {
    return new SourceText(text, start, undefined, end);
  }

  /** Text that stands nowhere in the document. */
  static inserted(text: string): SourceText {
    return new SourceText(text, null);
  }

  slice(from: number, to = this.text.length): SourceText {
    if (this.start === null) return new SourceText(this.text.slice(from, to), null);
    if (this.filled !== undefined) return SourceText.filledIn(this.text.slice(from, to), this.start, this.filled);
    return new SourceText(this.text.slice(from, to), this.startOf(from), this.offsets?.subarray(from, to + 1));
  }

  /** The same text where `outer`, whose text this one's places are in, stands in the document. */
  placedIn(outer: SourceText): SourceText {
    const place = (unit: number) => (unit < outer.text.length ? outer.startOf(unit) : outer.range.end);
    const { length } = this.text;
    return SourceText.withOffsets(this.text, Uint32Array.from({ length: length + 1 }, (_, i) => place(i < length ? this.startOf(i) : this.range.end)));
  }

  trim(): SourceText {
    const { text } = this;
    const from = text.length - text.trimStart().length;
    return this.slice(from, Math.max(from, text.trimEnd().length));
  }

  get inDocument(): boolean {
    return this.start !== null;
  }

  /** Document offset at which unit `unit` starts. Only for text that stands in the document. */
  startOf(unit: number): number {
    if (this.filled !== undefined) return this.start!;
    return this.offsets ? this.offsets[unit] : this.start! + unit;
  }

  endOf(unit: number): number {
    if (this.filled !== undefined) return this.filled;
    return this.offsets ? this.offsets[unit + 1] : this.start! + unit + 1;
  }

  /** The unit that starts at the document's `offset`; the inverse of `startOf`. */
  unitAt(offset: number): number {
    const { offsets } = this;
    if (!offsets) return offset - this.start!;
    let [low, high] = [0, offsets.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get range(): CharRange {
    return { start: this.startOf(0), end: this.filled ?? this.startOf(this.text.length) };
  }
}

/** Whether the document's line breaks are CRLF. The first one decides, as in editors. */
export function usesCrlf(document: string): boolean {
  const lineFeed = document.indexOf('\n');
  return lineFeed > 0 && document[lineFeed - 1] === '\r';
}
