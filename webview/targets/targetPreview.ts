/** A pointer that only passes over a target token changes nothing. */
const ENTER_MS = 70;
/** From one target token to the next the pointer crosses the space between: the colours must not fall back meanwhile. */
const LEAVE_MS = 160;

/** The target token that is shown while the pointer or the keyboard is on it. */
export class TargetPreview {
  private wanted: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  token: number | null = null;

  constructor(private readonly onChange: () => void) {}

  point(token: number | null): void {
    if (token === this.wanted) return;
    this.wanted = token;
    clearTimeout(this.timer);
    if (token === this.token) return;
    if (token !== null && this.token !== null) this.take();
    else this.timer = setTimeout(() => this.take(), token === null ? LEAVE_MS : ENTER_MS);
  }

  /** Ends it at once, until the pointer comes upon another token. */
  end(): void {
    clearTimeout(this.timer);
    this.token = null;
  }

  private take(): void {
    this.token = this.wanted;
    this.onChange();
  }
}
