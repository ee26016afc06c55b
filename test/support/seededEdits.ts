import type { TextEdit } from '../../src/host/documents/textEdits';

/** Random texts and edits that are the same in every run (a linear congruential generator, constants of Numerical Recipes). */
export class SeededRandom {
  constructor(private state: number) {}

  /** A whole number in `[0, below)`. */
  int(below: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * below);
  }

  text(length: number): string {
    return Array.from({ length }, () => String.fromCharCode(97 + this.int(26))).join('');
  }

  /** One or two edits of one event in a text of this length: last position first, without overlap. */
  edits(length: number): TextEdit[] {
    const middle = this.int(length + 1);
    const within = (from: number, to: number): TextEdit => {
      const offset = from + this.int(to - from + 1);
      return { offset, removed: this.int(Math.min(4, to - offset + 1)), inserted: this.text(this.int(4)) };
    };
    return this.int(2) === 0 ? [within(0, length)] : [within(middle, length), within(0, middle)];
  }
}
