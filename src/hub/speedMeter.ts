/** Speed is that of the last seconds: an average since the start would tell of a network that was. */
const WINDOW_MS = 10_000;
/** Sooner, a burst out of buffers would be taken for the speed. */
const LEAST_MS = 1000;

/** Bytes a second over the last seconds. */
export class SpeedMeter {
  private readonly samples: { readonly at: number; readonly bytes: number }[] = [];
  private bytes = 0;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.samples.push({ at: this.now(), bytes: 0 });
  }

  add(bytes: number): void {
    this.bytes += bytes;
    this.samples.push({ at: this.now(), bytes: this.bytes });
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
