/** Lets messages (a cancel, a token of a generation) in between two runs, which block the thread. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
