/** Where time comes from: tests turn it by hand. */
export interface Clock {
  /** Milliseconds from any origin. */
  now(): number;
  /** Calls back once, `ms` from now, unless the returned function is called before. */
  after(ms: number, callback: () => void): () => void;
}

export interface LiveScheduleOptions<R> {
  /** A request starts when no newer one has come for this long, in ms. */
  readonly quietMs: number;
  /** While newer ones keep coming, the newest starts at the latest this long after the first, in ms. */
  readonly maxWaitMs: number;
  /** Serves a request; the schedule cares only for when it has ended, and lets go of the one before it ends. */
  readonly run: (request: R, signal: AbortSignal) => Promise<unknown>;
  /** A request that may not start now: it waits for `resume`. */
  readonly isHeld: (request: R) => boolean;
  readonly clock: Clock;
}

interface Waiting<R> {
  readonly request: R;
  /** When the first request came that this one stands in for. */
  readonly since: number;
  readonly at: number;
}

/**
 * When to serve requests of which only the newest counts: at most one runs and one waits. A running one is cancelled once
 * the person has paused on a newer one. While they go on (a drag) it may end, else a trace longer than `maxWaitMs`
 * would show nothing until the mouse is let go.
 */
export class LiveSchedule<R> {
  private waiting: Waiting<R> | null = null;
  private running: { readonly request: R; readonly controller: AbortController } | null = null;
  private disarm: () => void = () => undefined;

  constructor(private readonly options: LiveScheduleOptions<R>) {}

  /** The newest request; the one that waits is dropped. */
  ask(request: R): void {
    const now = this.options.clock.now();
    this.waiting = { request, since: this.waiting?.since ?? now, at: now };
    this.arm();
  }

  /** Drops what waits and cancels what runs, where `isMeant` holds. */
  drop(isMeant: (request: R) => boolean = () => true): void {
    if (this.waiting && isMeant(this.waiting.request)) {
      this.waiting = null;
      this.disarm();
    }
    if (this.running && isMeant(this.running.request)) this.running.controller.abort();
  }

  /** Nothing may be held any more: what waited for that starts when its pause is over. */
  resume(): void {
    this.arm();
  }

  private arm(): void {
    this.disarm();
    if (!this.waiting) return;
    const { quietMs, maxWaitMs, clock } = this.options;
    const quietAt = this.waiting.at + quietMs;
    // With a running one in the way, only the end of the pause (or that one's end) makes a difference.
    const due = this.running ? quietAt : Math.min(quietAt, this.waiting.since + maxWaitMs);
    this.disarm = clock.after(Math.max(0, due - clock.now()), () => { this.due(); });
  }

  private due(): void {
    const { waiting, running } = this;
    if (!waiting || this.options.isHeld(waiting.request)) return;
    if (running) running.controller.abort(); // the next one starts when it has let go
    else this.start(waiting.request);
  }

  private start(request: R): void {
    this.waiting = null;
    const controller = new AbortController();
    const run = { request, controller };
    this.running = run;
    const ended = (): void => {
      this.running = null;
      this.arm();
    };
    this.options.run(request, controller.signal).then(ended, ended);
  }
}
