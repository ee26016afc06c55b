import { contains, type TokenRange } from '../../src/concepts/ranges';
import { sideOf } from '../../src/concepts/side';
import { rampOf } from '../../src/view/colour/ramps';
import { columnOf } from '../../src/view/trace/targetRows';
import type { TraceView } from '../../src/view/trace/traceView';

/**
 * Bars on the target tokens: how much one source led to each of them, the most to full height. They show the source
 * that is pointed at, else the one that was chosen.
 */
export class TargetBars {
  private pinned: TokenRange | null = null;
  private pointed: TokenRange | null = null;
  private drawn: TokenRange | null = null;

  /** @param boxesOf elements that stand for a target token */
  constructor(private readonly view: TraceView & { readonly matrix: Float32Array }, private readonly boxesOf: (token: number) => readonly HTMLElement[]) {}

  /** @param source null or empty for none */
  point(source: TokenRange | null): void {
    this.pointed = source && source.start < source.end ? source : null;
    this.draw();
  }

  /** @param token a target token counts as none */
  pin(token: number | null): void {
    this.pinned = token === null || contains(this.view.target, token) ? null : { start: token, end: token + 1 };
    this.draw();
  }

  private draw(): void {
    const source = this.pointed ?? this.pinned;
    if (source === this.drawn || (source && this.drawn && source.start === this.drawn.start && source.end === this.drawn.end)) return;
    this.drawn = source;
    const column = source && columnOf(this.view, source);
    const most = column ? column.reduce((a, b) => Math.max(a, b)) : 0;
    const colour = source ? `var(--${rampOf(sideOf(this.view, source.start))}-strong)` : '';
    for (let token = this.view.target.start; token < this.view.target.end; token++) {
      const part = column && most > 0 ? (column[token - this.view.target.start] / most).toFixed(2) : '0.00';
      for (const box of this.boxesOf(token)) drawBar(box, part, colour);
    }
  }
}

/** Most bars of most sources are 0 and stay so: 1,000 boxes that are left alone cost nothing. */
function drawBar({ style }: HTMLElement, part: string, colour: string): void {
  if (Number(part) === 0) {
    if (style.getPropertyValue('--led-to')) style.removeProperty('--led-to');
    return;
  }
  style.setProperty('--led-to', part);
  style.setProperty('--source', colour);
}
