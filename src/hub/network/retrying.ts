import { setTimeout as pause } from 'node:timers/promises';
import { TransientError } from './refusals';

/** A hub that asks for more is told to the person, who decides. */
const LONGEST_WAIT_MS = 120_000;

export interface Tries {
  /** How often in a row it may fail without anything gained. */
  readonly most: number;
  /** The first pause; it doubles from try to try. */
  readonly firstMs: number;
  /** Grows with what was gained. */
  readonly gained?: () => number;
  readonly onPause?: () => void;
}

/** Does the work again after failures that may pass (`TransientError`), with pauses between; throws the last one. */
export async function retrying<T>(work: () => Promise<T>, { most, firstMs, gained = () => 0, onPause }: Tries, signal: AbortSignal): Promise<T> {
  let failures = 0;
  let best = gained();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransientError)) throw error;
      failures = gained() > best ? 1 : failures + 1;
      best = Math.max(best, gained());
      if (failures >= most || (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS) throw error;
      onPause?.();
      await pause(error.retryAfterMs ?? firstMs * 2 ** (failures - 1) * (0.75 + Math.random() / 2), undefined, { signal });
    }
  }
}
