/** Speed is that of the last seconds: an average since the start would tell of a network that was. */
const WINDOW_MS = 10_000;
/** Sooner, a burst out of buffers would be taken for the speed. */
const LEAST_MS = 1000;
/** Pieces that come at a hundred megabytes a second are thousands. */
const STEP_MS = 100;

/** Bytes a second over the last seconds. */
export class SpeedMeter {
  private samples: { readonly at: number; readonly bytes: number }[] = [];
  private bytes = 0;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.restart();
  }

  /** What follows is measured by itself: before it, something else was done than to fetch. */
  restart(): void {
    this.samples = [{ at: this.now(), bytes: this.bytes }];
  }

  add(bytes: number): void {
    this.bytes += bytes;
    const at = this.now();
    if (at - this.samples[this.samples.length - 1].at >= STEP_MS) this.samples.push({ at, bytes: this.bytes });
    this.forget();
  }

  /** Null before there is enough to measure. */
  bytesPerSecond(): number | null {
    this.forget();
    const [first] = this.samples;
    const ms = this.now() - first.at;
    return ms < LEAST_MS ? null : ((this.bytes - first.bytes) / ms) * 1000;
  }

  private forget(): void {
    while (this.samples.length > 1 && this.now() - this.samples[1].at >= WINDOW_MS) this.samples.shift();
  }
}
