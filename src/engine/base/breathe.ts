import { CancelledError } from './errors';

/** Lets messages (a cancel, a token of a generation) in between two runs, which block the thread. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets messages in and stops where one of them was a cancel. @throws CancelledError */
export async function breatheUnlessCancelled(signal: AbortSignal | undefined): Promise<void> {
  await breathe();
  if (signal?.aborted) throw new CancelledError();
}
