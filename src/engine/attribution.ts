import type { CallOptions } from './process/engineApi';
import { CancelledError } from './errors';
import type { ModelRuntime } from './modelRuntime';
import { breathe, StateSpanSource } from './stateSpanSource';
import type { TraceState } from './traceState';
import type { TraceJob, TraceOutput } from './tracer/traceJob';

/**
 * Runs what is missing of `ids` on top of the state, in chunks of rows with a cancel check between them. A cancelled
 * run leaves a shorter, valid state.
 * @returns runs of the model
 * @throws CancelledError
 */
export async function extendState(model: ModelRuntime, state: TraceState, ids: readonly number[], { signal, onProgress }: CallOptions = {}): Promise<number> {
  let runs = 0;
  while (state.length < ids.length) {
    onProgress?.({ kind: 'phase', phase: 'prefill', done: state.length, total: ids.length });
    await breathe();
    if (signal?.aborted) throw new CancelledError();
    await model.session.extend(state, ids.slice(state.length, state.length + model.session.chunkRows(state.length)));
    runs++;
  }
  return runs;
}

/** Span aggregation and recursion over a state that covers the job's rows. @throws EngineError */
export function attribute(model: ModelRuntime, state: TraceState, job: TraceJob, { signal, onProgress }: CallOptions = {}): Promise<TraceOutput> {
  const source = new StateSpanSource(model.session, state, () => {
    if (signal?.aborted) throw new CancelledError();
  });
  return model.tracer.trace(job, source, (done, total) => onProgress?.({ kind: 'phase', phase: 'trace', done, total }), signal);
}
