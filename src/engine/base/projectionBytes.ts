/** fp32 output projections that the tracer keeps between passes; the rest of a large model's are read again, from the page cache. */
export const PROJECTION_BYTES = 512 << 20;
