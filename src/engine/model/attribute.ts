import type { Parting } from '../requests/alternatives';
import type { CallOptions } from '../../protocol/engine/engineApi';
import { CancelledError } from '../base/errors';
import type { ModelRuntime } from './modelRuntime';
import { runFlops, stateBytes, timedExtend, TRIAL_ROWS } from './runEstimate';
import { breathe, StateSpanSource } from '../attribution/source/stateSpanSource';
import type { TraceState } from '../state/traceState';
import type { TraceJob, TraceOutput } from '../attribution/methods/traceJob';

/** Rows that are worth an estimate before they are run. */
const LONG_RUN = 512;

/**
 * Runs what is missing of `ids` on top of the state, in chunks of rows with a cancel check between them. A cancelled
 * run leaves a shorter, valid state.
 * @returns runs of the model
 * @throws CancelledError
 */
export async function extendState(model: ModelRuntime, state: TraceState, ids: readonly number[], { signal, onProgress }: CallOptions = {}): Promise<number> {
  let runs = 0;
  const { config } = model.checkpoint;
  while (state.length < ids.length) {
    const rest = ids.length - state.length;
    const { flopsPerSecond } = model;
    const left = flopsPerSecond !== null && { ms: (1000 * runFlops(config, state.length, rest)) / flopsPerSecond, bytes: stateBytes(config, ids.length, state.firstRow) };
    onProgress?.({ kind: 'phase', phase: 'prefill', done: state.length, total: ids.length, ...(left && { left }) });
    await breathe();
    if (signal?.aborted) throw new CancelledError();
    // A few rows first where nothing is known of the model's speed: the estimate is there at once.
    const rows = flopsPerSecond === null && rest > LONG_RUN ? TRIAL_ROWS : model.session.chunkRows(state.length);
    await timedExtend(model, state, ids.slice(state.length, state.length + rows));
    runs++;
  }
  return runs;
}

/**
 * Span aggregation and recursion over a state that covers the job's rows.
 * @param parting of a job for `logit-flow` whose target is the token there
 * @throws EngineError
 */
export async function attribute(model: ModelRuntime, state: TraceState, job: TraceJob, { signal, onProgress }: CallOptions = {}, parting: Parting | null = null): Promise<TraceOutput> {
  const checkCancelled = () => {
    if (signal?.aborted) throw new CancelledError();
  };
  if (job.method === 'logit-flow') {
    const contributions = await model.logitContributions();
    await contributions.compute(state, producingRows(job), (done, total) => {
      checkCancelled();
      onProgress?.({ kind: 'phase', phase: 'trace', done, total });
    });
    if (parting) job = { ...job, contrast: await contributions.contrast(state, parting.position - 1, parting.other) };
  }
  const source = new StateSpanSource(model.session, state, checkCancelled);
  return model.tracer.trace(job, source, (done, total) => onProgress?.({ kind: 'phase', phase: 'trace', done, total }), signal);
}

/** The rows that produced the tokens which the trace looks at; stop tokens have no say in any hop. */
function producingRows({ keep, target, reasoning, promptLength, usableEnd, hops }: TraceJob): number[] {
  const spans = target && reasoning ? [target, ...(hops > 0 ? [reasoning] : [])] : [{ start: promptLength, end: usableEnd }];
  const start = Math.min(...spans.map((span) => span.start));
  const end = Math.min(usableEnd, Math.max(...spans.map((span) => span.end)));
  return Array.from({ length: end - start }, (_, i) => start + i).filter((token) => keep[token] !== 0).map((token) => token - 1);
}
