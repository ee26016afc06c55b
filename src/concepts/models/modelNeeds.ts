/** Tokens of the transcript that memory is reckoned for where nothing else is said. */
export const DEFAULT_MODEL_TOKENS = 4096;
export const MOST_MODEL_TOKENS = 10_000_000;

/** Memory that a trace takes, in bytes; estimates, but for the state, which is exact. */
export interface ModelNeeds {
  /** Length of the transcript; half of it is taken to be generated. No longer than the model's context. */
  readonly tokens: number;
  readonly weights: number;
  /** Keys and values of all tokens. */
  readonly kv: number;
  /** What else the trace state holds: queries and residuals of the generated tokens. */
  readonly traceState: number;
  /** What a run and a trace hold while they go on. */
  readonly scratch: number;
}

/** Bytes in all. */
export function neededBytes({ weights, kv, traceState, scratch }: ModelNeeds): number {
  return weights + kv + traceState + scratch;
}
