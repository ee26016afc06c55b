import type { Contrast } from '../../concepts/contrast';
import type { CutResult } from '../../concepts/cuts';
import type { TraceMethod } from '../../concepts/method';
import type { CharRange, TokenRange } from '../../concepts/ranges';
import type { TargetBelief, TraceResult } from '../../concepts/traceResult';
import type { TokenKind, TokenRegion } from '../../concepts/transcript';

/** One token as the views draw it. */
export interface TokenView {
  readonly text: string;
  readonly kind: TokenKind;
  readonly region: TokenRegion;
  /** Document characters, or null for template tokens. */
  readonly range: CharRange | null;
  /** P(token | everything before it); null for prompt tokens. */
  readonly probability: number | null;
}

/**
 * A trace as the views draw it, plain data. Everything that a view shows beyond this (buckets, ranks, shares of a hop,
 * what led to a single target token) is derived from it.
 */
export interface TraceView {
  /** Document URI (editor) or path (command line); null when the page stands alone. */
  readonly documentName: string | null;
  readonly modelName: string;
  readonly device: string;
  readonly method: TraceMethod;
  readonly tokens: readonly TokenView[];
  readonly promptLength: number;
  /** How the document was read, where that is to be said, a sentence each; absent in what earlier versions kept. */
  readonly notes?: readonly string[];
  readonly target: TokenRange;
  /** Absent in what earlier versions kept. */
  readonly belief?: TargetBelief;
  readonly reasoning: TokenRange | null;
  readonly recursionSpan: TokenRange | null;
  /** Score of every token over all hops: `TraceResult.scores`. */
  readonly scores: readonly number[];
  /** `carried` of every hop, hop 0 first: [hops + 1][nTokens]. */
  readonly hopScores: readonly (readonly number[])[];
  /** What worked against the target, in the measure of `scores`; absent where the method does not tell (and in what earlier versions kept). */
  readonly against?: readonly number[];
  /** The same for every hop, in the measure of `hopScores`. */
  readonly hopAgainst?: readonly (readonly number[])[];
  /** Of a trace against another token: `against` is then what spoke for that one. */
  readonly contrast?: Contrast;
  /** `cut` only: `TraceResult.cuts`. */
  readonly cuts?: CutResult;
  readonly thinkingRatios: readonly number[];
  readonly shares: TraceResult['shares'];
  /**
   * `ifr-tokenwise` only: a row for every target token, one number per token, row after row: [nTarget][nTokens].
   * Absent, too, where it was too large to keep (`toStoredTrace`).
   */
  readonly matrix?: Float32Array;
  readonly timings: TraceResult['timings'];
}

/** @param documentName see `TraceView.documentName` */
export function toTraceView(result: TraceResult, documentName: string | null): TraceView {
  return {
    documentName,
    modelName: result.modelName,
    device: result.device,
    method: result.options.method,
    tokens: result.tokens.map(({ text, kind, region, range }, i) => ({
      text,
      kind,
      region,
      range: range && { start: range.start, end: range.end },
      probability: Number.isNaN(result.probabilities[i]) ? null : result.probabilities[i],
    })),
    promptLength: result.promptLength,
    ...(result.notes.length > 0 && { notes: result.notes }),
    target: result.target,
    belief: result.belief,
    reasoning: result.reasoning,
    recursionSpan: result.recursionSpan,
    scores: Array.from(result.scores),
    hopScores: result.hops.map((hop) => Array.from(hop.carried)),
    ...(result.against && { against: Array.from(result.against), hopAgainst: result.hops.map(({ against }) => Array.from(against!)) }),
    ...(result.contrast && { contrast: result.contrast }),
    ...(result.cuts && { cuts: result.cuts }),
    thinkingRatios: result.thinkingRatios,
    shares: result.shares,
    ...(result.matrix && { matrix: joinRows(result.matrix, result.tokens.length) }),
    timings: result.timings,
  };
}

/** The document characters that tokens stand for together; null when none of them stands in the document. */
export function tokensRange(view: TraceView, tokens: TokenRange): CharRange | null {
  const ranges = view.tokens.slice(tokens.start, tokens.end).flatMap(({ range }) => (range ? [range] : []));
  if (ranges.length === 0) return null;
  return { start: Math.min(...ranges.map((range) => range.start)), end: Math.max(...ranges.map((range) => range.end)) };
}

/** 512 rows of 2,048 numbers are 4 MB this way, half of what the tracer gives; single precision is ample for colours. */
function joinRows(rows: readonly Float64Array[], length: number): Float32Array {
  const joined = new Float32Array(rows.length * length);
  rows.forEach((row, k) => { joined.set(row, k * length); });
  return joined;
}
