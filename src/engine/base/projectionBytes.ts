/** fp32 output projections that the tracer keeps between passes; the rest of a large model's are read again, from the page cache. */
export const PROJECTION_BYTES = 512 << 20;

/**
 * The tracer has a slot, as large as the largest projection, for each layer whose projection it keeps, and one in which those of all others are read in turn.
 * @param bytes of the layers' projections
 */
export function projectionSlots(bytes: readonly number[]): { readonly kept: number; readonly bytes: number } {
  const largest = Math.max(...bytes);
  const kept = Math.min(bytes.length, Math.floor(PROJECTION_BYTES / largest));
  return { kept, bytes: Math.min(bytes.length, kept + 1) * largest };
}
