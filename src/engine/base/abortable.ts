import { CancelledError } from './errors';

/**
 * Waits for what is shared, or goes on for its own sake: an aborted signal ends the waiting, not the work.
 * @throws CancelledError, and whatever the work throws
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  if (signal.aborted) {
    work.catch(() => undefined); // nobody waits for it
    throw new CancelledError();
  }
  let cancel: () => void = () => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => { reject(new CancelledError()); };
  });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
