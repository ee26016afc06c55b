import type { CharRange } from '../../concepts/ranges';
import type { TokenRegion } from '../../concepts/transcript';
import type { SourceText } from '../transcript/turns/sourceText';

const REGIONS: readonly TokenRegion[] = ['template', 'prompt', 'reasoning', 'answer'];

/** A text that the model gets, with the document range and the region of each of its UTF-16 units. */
export class ModelText {
  /** Document range per unit; start -1 where the template wrote it. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly regions: Uint8Array;

  constructor(readonly text: string) {
    this.starts = new Int32Array(text.length).fill(-1);
    this.ends = new Int32Array(text.length).fill(-1);
    this.regions = new Uint8Array(text.length);
  }

  /** One run after the other. */
  static join(runs: readonly { readonly source: SourceText; readonly region: TokenRegion }[]): ModelText {
    const joined = new ModelText(runs.map(({ source }) => source.text).join(''));
    let at = 0;
    for (const { source, region } of runs) {
      joined.place(at, source, region);
      at += source.text.length;
    }
    return joined;
  }

  static concat(a: ModelText, b: ModelText): ModelText {
    const joined = new ModelText(a.text + b.text);
    joined.copy(0, a);
    joined.copy(a.text.length, b);
    return joined;
  }

  /** Says that the units from `at` on are the units of `source`. */
  place(at: number, source: SourceText, region: TokenRegion): void {
    for (let i = 0; i < source.text.length; i++) this.placeUnit(at + i, source, i, i + 1, region);
  }

  /** Says that unit `at` comes from the units `[from, to)` of `source`. */
  placeUnit(at: number, source: SourceText, from: number, to: number, region: TokenRegion): void {
    if (!source.inDocument || to <= from) return;
    this.starts[at] = source.startOf(from);
    this.ends[at] = source.endOf(to - 1);
    this.regions[at] = REGIONS.indexOf(region);
  }

  slice(from: number, to = this.text.length): ModelText {
    const part = new ModelText(this.text.slice(from, to));
    part.starts.set(this.starts.subarray(from, to));
    part.ends.set(this.ends.subarray(from, to));
    part.regions.set(this.regions.subarray(from, to));
    return part;
  }

  private copy(at: number, other: ModelText): void {
    this.starts.set(other.starts, at);
    this.ends.set(other.ends, at);
    this.regions.set(other.regions, at);
  }

  /** Copies where the units `[from, from + length)` of `other` come from to the units from `at` on, as template. */
  adoptMarkup(at: number, other: ModelText, from: number, length: number): void {
    this.starts.set(other.starts.subarray(from, from + length), at);
    this.ends.set(other.ends.subarray(from, from + length), at);
  }

  /** The same text, no one's. */
  asTemplate(): ModelText {
    const same = this.slice(0);
    same.regions.fill(0);
    return same;
  }

  /** Without its first unit, whose document range goes to the second. */
  withoutFirstUnit(): ModelText {
    const rest = this.slice(1);
    if (rest.text.length > 0 && this.starts[0] >= 0 && rest.starts[0] >= 0) rest.starts[0] = this.starts[0];
    return rest;
  }

  /** Document range of the units `[from, to)`, null where they stand nowhere in the document. */
  documentRange(from: number, to: number): CharRange | null {
    let start = -1;
    let end = -1;
    for (let i = from; i < to; i++) {
      if (this.starts[i] < 0) continue;
      if (start < 0 || this.starts[i] < start) start = this.starts[i];
      if (this.ends[i] > end) end = this.ends[i];
    }
    return start < 0 ? null : { start, end };
  }

  /** Whether any unit is of this region. */
  holds(region: TokenRegion): boolean {
    return this.regions.includes(REGIONS.indexOf(region));
  }

  /** Region of the units `[from, to)`: the first that is not the template's. */
  region(from: number, to: number): TokenRegion {
    for (let i = from; i < to; i++) {
      if (this.regions[i] !== 0) return REGIONS[this.regions[i]];
    }
    return 'template';
  }
}
