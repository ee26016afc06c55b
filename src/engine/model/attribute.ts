import type { Parting } from '../../concepts/contrast';
import type { CallOptions } from '../../protocol/engine/engineApi';
import { StateSpanSource } from '../attribution/inputs/stateSpanSource';
import { attributionMethod } from '../attribution/methods/methodRegistry';
import type { TraceJob, TraceOutput } from '../attribution/methods/traceJob';
import { abortable } from '../base/abortable';
import { CancelledError } from '../base/errors';
import type { TraceState } from '../state/traceState';
import type { ModelRuntime } from './modelRuntime';

/**
 * Span aggregation and recursion over a state that covers the job's rows.
 * @param parting of a job that compares, whose target is the token there
 * @throws EngineError
 */
export async function attribute(model: ModelRuntime, state: TraceState, job: TraceJob, { signal, onProgress }: CallOptions = {}, parting: Parting | null = null): Promise<TraceOutput> {
  const checkCancelled = () => {
    if (signal?.aborted) throw new CancelledError();
  };
  if (attributionMethod(job.method).reads === 'contributions') {
    const contributions = await abortable(model.logitContributions(), signal);
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
