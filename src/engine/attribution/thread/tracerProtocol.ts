/** Messages between the session's thread and the tracer's worker thread. Buffers are transferred: the sender loses them. */
import type { EngineErrorData } from '../../../protocol/engine/errors';
import type { ContributionRow } from '../../state/contributionRow';
import type { ProjectionFiles, TracerShape } from '../aggregation/outputProjection';
import type { SourceLayer, WeightedRows } from '../aggregation/spanSource';
import type { TraceJob, TraceOutput } from '../methods/traceJob';

/** What a worker is started with: it serves one checkpoint. */
export interface TracerWorkerData {
  readonly shape: TracerShape;
  readonly projections: readonly ProjectionFiles[];
  /** See `createShareKernel`. */
  readonly kernels: WebAssembly.Module | null;
}

/** Session thread -> worker. */
export type ToTracer =
  | { readonly type: 'trace'; readonly id: number; readonly job: TraceJob }
  /** Answers a `layer` request (the attention and value buffers are transferred) or a `contributions` request. */
  | { readonly type: 'answer'; readonly request: number; readonly answer: SourceLayer | readonly ContributionRow[] }
  /** It cannot be had (the run was cancelled, the session failed); the trace ends with this error. */
  | { readonly type: 'refusal'; readonly request: number; readonly error: EngineErrorData };

/** Worker -> session thread. */
export type FromTracer =
  | { readonly type: 'layer'; readonly request: number; readonly id: number; readonly layer: number; readonly spans: readonly WeightedRows[]; readonly spare?: ArrayBuffer }
  | { readonly type: 'contributions'; readonly request: number; readonly id: number; readonly tokens: readonly number[] }
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly total: number }
  /** The score buffers are transferred. */
  | { readonly type: 'result'; readonly id: number; readonly output: TraceOutput }
  | { readonly type: 'error'; readonly id: number; readonly error: EngineErrorData };
