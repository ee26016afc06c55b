/** What the curve compares, in the order of tables and legends. */
export const CURVE_METHODS = {
  flashtrace: 'FlashTrace, 1 hop',
  'flashtrace-kept': 'FlashTrace, 1 hop, attention kept',
  'ifr-span': 'the span as one, no hop',
  'ifr-span-kept': 'the span as one, no hop, attention kept',
  'logit-flow': 'logit flow, 1 hop, first trace',
  'logit-flow-later': 'logit flow, 1 hop, later trace',
  tokenwise: 'token-wise IFR',
  ablation: 'ablation by token',
  'ablation-sentence': 'ablation by sentence',
} as const;

export type CurveMethod = keyof typeof CURVE_METHODS;

/** A trace of the span as one without a hop is what token-wise attribution repeats: these are measured at the longest target, for their factor. */
export const POINT_METHODS: readonly CurveMethod[] = ['ifr-span', 'ifr-span-kept'];

/** One method at one place. */
export interface CurveReading {
  readonly method: CurveMethod;
  readonly context: number;
  readonly target: number;
  /** From the state of a run: no attention kept, or as much as the default memory budget has room for. */
  readonly ms: number;
  readonly runs: number;
  /** What the process grew by over reading the state and the first trace, after one of a few tokens; null where not all of it was done. */
  readonly peakBytes: number | null;
  /** What the time is extrapolated from, in words; null where all of it was done. */
  readonly basis: string | null;
}
