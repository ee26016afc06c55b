import type { TokenRange } from '../../../concepts/ranges';
import type { SpanSource } from '../aggregation/spanSource';
import type { SpanTracer } from '../aggregation/spanTracer';
import type { TraceJob, TraceOutput } from './traceJob';

/** Which row of the state speaks for a token: 0 its own, whose input it is; 1 the one before, which produced it. */
export type RowShift = 0 | 1;

/** What a method computes with. */
export interface MethodRun {
  readonly job: TraceJob;
  readonly target: TokenRange;
  readonly source: SpanSource;
  readonly tracer: SpanTracer;
  /** To be called after each layer of a pass; may throw to stop. */
  readonly onLayer: () => void;
}

/** A way to attribute. A method is one file beside this one, a line in methodRegistry.ts and one in the table of `concepts/method.ts`. */
export interface AttributionMethod {
  /** Passes over all layers, for progress. */
  readonly passes: (job: TraceJob, target: TokenRange) => number;
  /** What it reads of the state: attention and values of its rows, or what they moved the logits of the produced tokens by, computed before. */
  readonly reads: 'attention' | 'contributions';
  readonly rowShift: RowShift;
  readonly trace: (run: MethodRun) => Promise<TraceOutput>;
}

/** Importance of every token for a weighted span of tokens, [nTokens]. */
export type Importance = (span: TokenRange, weights: Float64Array) => Promise<Float64Array>;

/** By the aggregated rows of the span. */
export function rowImportance({ job, source, tracer, onLayer }: MethodRun, shift: RowShift): Importance {
  return async (span, weights) => (await tracer.importance(source, [{ start: span.start - shift, weights }], job.nTokens, job.renormThreshold, onLayer))[0];
}
