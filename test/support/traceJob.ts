import type { TraceJob } from '../../src/engine/attribution/methods/traceJob';

/** A job over a transcript without stop tokens: its last tokens from the rest of the generation. */
export function traceJob(nTokens: number, promptLength: number, targetTokens: number, change: Partial<TraceJob> = {}): TraceJob {
  return {
    method: 'flashtrace', hops: 1, renormThreshold: 0, nTokens, promptLength, keep: new Uint8Array(nTokens).fill(1),
    target: { start: nTokens - targetTokens, end: nTokens }, reasoning: { start: promptLength, end: nTokens - targetTokens }, usableEnd: nTokens, ...change,
  };
}
