import type { StateMethod } from '../../../concepts/method';
import type { TokenRange } from '../../../concepts/ranges';
import type { ContributionRow } from '../../state/contributionRow';

/** One trace, as the tracer's thread gets it. Positions are absolute; plain data. */
export interface TraceJob {
  readonly method: StateMethod;
  readonly hops: number;
  readonly renormThreshold: number;
  readonly nTokens: number;
  readonly promptLength: number;
  /** 0 for stop tokens (METHOD step 3), 1 otherwise, [nTokens] */
  readonly keep: Uint8Array;
  /** Null: the whole usable generation. */
  readonly target: TokenRange | null;
  readonly reasoning: TokenRange | null;
  /** End of the generation without a final stop or end-of-sequence token. */
  readonly usableEnd: number;
  /** `logit-flow` for a target of one token: its contributions against another token, in place of its own. */
  readonly contrast?: ContributionRow;
}

export interface TraceOutput {
  /** The span that hop 0 read. */
  readonly target: TokenRange;
  /** The span that hops 1..n read; null for methods without recursion. */
  readonly recursionSpan: TokenRange | null;
  /** [hops + 1], before stop tokens are taken out. */
  readonly importance: readonly Float64Array[];
  /** `importance * keep * ratio`, [hops + 1] */
  readonly carried: readonly Float64Array[];
  /** Of methods with hops: mass that stays in the recursion span after each hop. */
  readonly ratios: readonly number[];
  /** `logit-flow` only, [hops + 1]: what worked against what the hop passed through, in the same measure as `carried`. */
  readonly against?: readonly Float64Array[];
  /** `ifr-tokenwise` only: a row for every target token. */
  readonly matrix?: readonly Float64Array[];
}
