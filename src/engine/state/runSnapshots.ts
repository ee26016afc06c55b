/** By layer, what its next rows start from (`LayerLayout.carried`). */
export type Carried = readonly Readonly<Record<string, Float32Array>>[];

interface Snapshot {
  readonly length: number;
  readonly carried: Carried;
}

/** How many are kept: where a text is edited, the run goes on from the one before it. */
const KEPT = 8;
/** Rows of a run between two of them, as models take a long text. */
const ROWS_BETWEEN = 256;

/** How many a run of so many tokens leaves behind, the one of where it ends with them. */
export function expectedSnapshots(length: number): number {
  return Math.min(KEPT, Math.max(1, Math.ceil(length / ROWS_BETWEEN)));
}

/**
 * What the recurrent layers of a run carried at some of its lengths. Rows of keys and values can be cut anywhere, a state cannot be taken back: a transcript that
 * shares a beginning with this run goes on from the last snapshot in it.
 */
export class RunSnapshots {
  private snapshots: readonly Snapshot[] = [];

  /** Bytes held, those of what is carried now with them. */
  bytes(now: Carried): number {
    return this.snapshots.reduce((sum, { carried }) => sum + (carried === now ? 0 : bytesOf(carried)), bytesOf(now));
  }

  /** What was carried after so many tokens, or the fewer that there is a snapshot of. */
  before(length: number): Snapshot | null {
    return this.snapshots.findLast((snapshot) => snapshot.length <= length) ?? null;
  }

  /** The carried arrays of the latest length are never written to: they are kept as they are. @param isMoment whether it stays when there are longer ones */
  add(length: number, carried: Carried, isMoment: boolean): void {
    this.snapshots = [...this.snapshots.filter((other) => other.length < length), ...(isMoment ? [{ length, carried }] : [])];
    if (this.snapshots.length > KEPT) this.snapshots = this.snapshots.filter((_, i) => i !== this.closest());
  }

  /** Takes over those of the first `length` tokens. */
  take(from: RunSnapshots, length: number): void {
    this.snapshots = from.snapshots.filter((snapshot) => snapshot.length <= length);
  }

  /** The one whose neighbours leave the smallest gap without it; the last one stays. */
  private closest(): number {
    const lengths = [0, ...this.snapshots.map(({ length }) => length)];
    let best = 0;
    for (let i = 1; i + 1 < this.snapshots.length; i++) if (lengths[i + 2] - lengths[i] < lengths[best + 2] - lengths[best]) best = i;
    return best;
  }
}

function bytesOf(carried: Carried): number {
  return carried.reduce((sum, layer) => sum + Object.values(layer).reduce((bytes, { byteLength }) => bytes + byteLength, 0), 0);
}
