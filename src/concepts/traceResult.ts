import type { Contrast } from './contrast';
import type { CutResult } from './cuts';
import type { TraceOptions } from './method';
import type { CharRange, TokenRange } from './ranges';
import type { RegionMass } from './share';
import type { TranscriptToken } from './transcript';

/** Scores of one hop, one number per token of the transcript. */
export interface HopScores {
  /** Importance of every token for the hop's span, before stop tokens are taken out; sums to at most nLayers. */
  readonly importance: Float64Array;
  /**
   * What the hop contributes to the result: `importance * keep * ratio` with the mass `ratio` that the hop before left
   * in the recursion span. On prompt tokens this is the definition's `observed`; on generated tokens it shows which
   * of them the attribution passes through.
   */
  readonly carried: Float64Array;
  /** `logit-flow` only: what worked against what the hop passed through, on every token, in the same measure as `carried`. */
  readonly against?: Float64Array;
}

/** What the model itself thinks of a traced span. */
export interface TargetBelief {
  /** log P(span | everything before it), in nats. */
  readonly logProb: number;
  readonly nTokens: number;
  /** Of its tokens those that the model holds for the most probable. */
  readonly firstChoices: number;
}

/** One traced span. Plain data: it crosses the process boundary and is what every view draws. */
export interface TraceResult {
  readonly options: TraceOptions;
  readonly modelName: string;
  readonly device: string;
  readonly tokens: readonly TranscriptToken[];
  readonly promptLength: number;
  /** `TokenizedTranscript.notes`. */
  readonly notes: readonly string[];
  /** Absolute token positions of the traced span. */
  readonly target: TokenRange;
  /** The same span in the document, as far as it stands there. */
  readonly targetRange: CharRange | null;
  readonly reasoning: TokenRange | null;
  /** Absolute positions that hops 1..n walk over; null for methods without recursion. */
  readonly recursionSpan: TokenRange | null;
  /** Hop 0 first. */
  readonly hops: readonly HopScores[];
  /** `ratio` after each hop: the part of the mass that stays in the recursion span. */
  readonly thinkingRatios: readonly number[];
  /**
   * The score of every token: on prompt tokens the definition's (sum over hops of `observed`), on generated tokens
   * the sum of `carried` (0 inside the target).
   */
  readonly scores: Float64Array;
  /** `logit-flow` and `cut` only: the sum of the hops' `against` (0 inside the target). */
  readonly against?: Float64Array;
  /** Of a trace against another token: the target is the token at which the two part. */
  readonly contrast?: Contrast;
  /** `cut` only: what was hidden. `scores` and `against` are its drops in nats, a passage's in equal parts on its tokens; before the first, those of the leading trace. */
  readonly cuts?: CutResult;
  readonly belief: TargetBelief;
  /** P(token | everything before it) for generated tokens, NaN for prompt tokens. */
  readonly probabilities: Float32Array;
  /** Raw score mass per region over all hops (stop tokens separately), normalised to sum 1. */
  readonly shares: RegionMass;
  /** `ifr-tokenwise` only: one row per target token, one number per token of the transcript. */
  readonly matrix?: readonly Float64Array[];
  readonly timings: { readonly modelMs: number; readonly traceMs: number; readonly modelRuns: number };
}

/**
 * A model's own answers, drawn at temperature 1, lie well above it, and so do most texts of a similar model; a span below it is more likely another model's, or follows another prompt
 * than it was written for.
 */
const LEAST_PROBABILITY = 0.1;

/** The geometric mean over the span's tokens. */
export function meanProbability({ logProb, nTokens }: TargetBelief): number {
  return Math.exp(logProb / nTokens);
}

export function wouldHardlyWrite(belief: TargetBelief): boolean {
  return meanProbability(belief) < LEAST_PROBABILITY;
}
