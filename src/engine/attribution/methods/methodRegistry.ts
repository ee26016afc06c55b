import type { StateMethod } from '../../../concepts/method';
import type { SpanSource } from '../aggregation/spanSource';
import type { SpanTracer } from '../aggregation/spanTracer';
import type { AttributionMethod } from './attributionMethod';
import { flashtrace } from './flashtrace';
import { flashtraceProducing } from './flashtraceProducing';
import { ifrSpan } from './ifrSpan';
import { ifrTokenwise } from './ifrTokenwise';
import { logitFlow } from './logitFlow';
import type { TraceJob, TraceOutput } from './traceJob';

const METHODS: Readonly<Record<StateMethod, AttributionMethod>> = {
  'flashtrace': flashtrace,
  'ifr-span': ifrSpan,
  'ifr-tokenwise': ifrTokenwise,
  'flashtrace-producing': flashtraceProducing,
  'logit-flow': logitFlow,
};

export function attributionMethod(method: StateMethod): AttributionMethod {
  return METHODS[method];
}

/** From a source of layers to scores, by the job's method. `onProgress` is called after each layer and may throw to stop. */
export async function trace(job: TraceJob, source: SpanSource, tracer: SpanTracer, onProgress: (done: number, total: number) => void): Promise<TraceOutput> {
  const method = METHODS[job.method];
  const target = job.target ?? { start: job.promptLength, end: job.usableEnd };
  const passes = method.passes(job, target);
  let done = 0;
  return method.trace({ job, target, source, tracer, onLayer: () => { onProgress(++done, passes * tracer.shape.length); } });
}
