import type { CharRange } from '../../../concepts/ranges';

/**
 * A text that was derived from another one, with the source range of each of its UTF-16 units. Without `starts` and
 * `ends` unit `i` is source unit `base + i`; otherwise it is `[starts[i], ends[i])`, empty for an inserted character.
 */
export class TrackedText {
  constructor(
    readonly text: string,
    readonly base: number,
    readonly starts: Int32Array | null = null,
    readonly ends: Int32Array | null = null,
  ) {}

  start(unit: number): number {
    return this.starts ? this.starts[unit] : this.base + unit;
  }

  end(unit: number): number {
    return this.ends ? this.ends[unit] : this.base + unit + 1;
  }

  /** Where the source of an empty run before `unit` would stand. */
  position(unit: number): number {
    if (unit < this.text.length) return this.start(unit);
    return unit > 0 ? this.end(unit - 1) : this.base;
  }

  /** Source range of the units `[from, to)`. */
  range(from: number, to: number): CharRange {
    if (to <= from) {
      const at = this.position(from);
      return { start: at, end: at };
    }
    return { start: this.start(from), end: this.end(to - 1) };
  }

  slice(from: number, to: number): TrackedText {
    return new TrackedText(
      this.text.slice(from, to),
      this.position(from),
      this.starts?.subarray(from, to) ?? null,
      this.ends?.subarray(from, to) ?? null,
    );
  }

  /** The same units with other characters, one for one. */
  withText(text: string): TrackedText {
    return new TrackedText(text, this.base, this.starts, this.ends);
  }
}

/** Collects a derived text piece by piece. */
export class TrackedTextBuilder {
  private readonly pieces: string[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  constructor(private readonly source: TrackedText) {}

  /** Units `[from, to)` of the source as they are. */
  keep(from: number, to: number): void {
    this.pieces.push(this.source.text.slice(from, to));
    for (let i = from; i < to; i++) {
      this.starts.push(this.source.start(i));
      this.ends.push(this.source.end(i));
    }
  }

  /** `text` in place of the units `[from, to)`: every unit of it stands for all of them. */
  replace(from: number, to: number, text: string): void {
    const { start, end } = this.source.range(from, to);
    this.pieces.push(text);
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  build(): TrackedText {
    return new TrackedText(this.pieces.join(''), this.source.base, Int32Array.from(this.starts), Int32Array.from(this.ends));
  }
}
