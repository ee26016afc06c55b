import type { Condition, LifeLine } from './lifeLine';
import { BEAT_MS } from './lifeLine';
import type { Stage } from './stage';

/** An engine that has said nothing for long while a request was running. */
export interface Silence {
  /** At least; time in which this process stood still itself (a machine that was asleep) is left out. */
  readonly ms: number;
  /** What the silent request was doing when it was last heard of. */
  readonly stage: Stage;
  readonly condition: Condition;
}

/**
 * Notices that an engine says nothing. It counts its own ticks, not the clock: a machine that was asleep has lost none, and one that swaps or is
 * loaded loses those that its engine could not have used either.
 */
export class SilenceWatch {
  private ticks = 0;
  private asked = false;
  private timer: NodeJS.Timeout | null = null;

  /**
   * @param limitMs silence that is worth a question
   * @param onSilence called once until `stop`, whatever comes of it: who has decided to wait is not asked again
   */
  constructor(private readonly line: LifeLine, private readonly limitMs: number, private readonly onSilence: (ms: number) => void) {}

  start(): void {
    if (this.timer) return;
    this.ticks = 0;
    this.asked = false;
    this.timer = setInterval(() => { this.tick(); }, BEAT_MS);
    this.timer.unref();
  }

  /** A message has come. */
  heard(): void {
    this.ticks = 0;
  }

  /** Nothing runs any more. */
  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private tick(): void {
    this.line.tick();
    this.ticks++;
    if (this.asked || this.ticks * BEAT_MS < this.limitMs) return;
    this.asked = true;
    this.onSilence(this.ticks * BEAT_MS);
  }
}
