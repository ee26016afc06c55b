import type { TokenRange } from '../../../concepts/ranges';
import { LogitFlow } from './logitFlow';
import type { SpanSource } from '../aggregation/spanSource';
import type { SpanTracer } from '../aggregation/spanTracer';
import type { TraceJob, TraceOutput } from './traceJob';

/** Importance of every token for a weighted span of tokens, [nTokens]. */
export type Importance = (span: TokenRange, weights: Float64Array) => Promise<Float64Array>;

/**
 * One hop of the recursion.
 * @param incoming mass that reaches the hop, which the weights divide
 * @param lowering mass on tokens of the span that were found to work against what the attribution passes through
 * @returns besides the importance, where the method tells, what works against the span, [nTokens], >= 0
 */
export type Hop = (span: TokenRange, weights: Float64Array, incoming: number, lowering: Float64Array) => Promise<{ readonly importance: Float64Array; readonly against?: Float64Array }>;

/** The methods, from a source of layers to scores. `onProgress` is called after each layer and may throw to stop. */
export async function trace(job: TraceJob, source: SpanSource, tracer: SpanTracer, onProgress: (done: number, total: number) => void): Promise<TraceOutput> {
  const target = job.target ?? { start: job.promptLength, end: job.usableEnd };
  const passes = job.method === 'ifr-span' ? 1 : job.method === 'ifr-tokenwise' ? Math.ceil((target.end - target.start) / TOKENWISE_BLOCK) : job.hops + 1;
  let done = 0;
  const onLayer = () => onProgress(++done, passes * tracer.shape.nLayers);
  /** @param shift 0: the rows whose inputs the tokens are; 1: the rows before, which produced them */
  const rows = (shift: 0 | 1): Importance => async (span, weights) =>
    (await tracer.importance(source, [{ start: span.start - shift, weights }], job.nTokens, job.renormThreshold, onLayer))[0];

  switch (job.method) {
    case 'ifr-span': {
      const total = await rows(0)(target, new Float64Array(target.end - target.start).fill(1));
      return { target, recursionSpan: null, importance: [total], carried: [total], ratios: [] };
    }
    case 'ifr-tokenwise': {
      const matrix = await tokenwise(job, target, source, tracer, onLayer);
      const mean = new Float64Array(job.nTokens);
      for (const row of matrix) for (let j = 0; j < row.length; j++) mean[j] += row[j] / matrix.length;
      return { target, recursionSpan: null, importance: [mean], carried: [mean], ratios: [], matrix };
    }
    case 'flashtrace':
      return recurse(job, target, onlyFor(rows(0), job.nTokens));
    case 'flashtrace-producing':
      return recurse(job, target, onlyFor(rows(1), job.nTokens));
    case 'logit-flow': {
      const flow = new LogitFlow(source, job.nTokens, job.contrast ? { token: target.start, row: job.contrast } : null);
      // The sentence that states the answer has almost all of the score: as they are, the steps that led to it would have no say.
      return recurse(job, target, flow.hop, Math.sqrt);
    }
  }
}

/** METHOD step 3: attribution flows from the target through the recursion span back to the prompt, hop by hop. */
async function recurse(job: TraceJob, output: TokenRange, hopOf: Hop, weightOf: (score: number) => number = (score) => score): Promise<TraceOutput> {
  const { keep, promptLength, usableEnd } = job;
  const target = { start: output.start, end: Math.min(output.end, usableEnd) };
  const weights = Float64Array.from(keep.subarray(target.start, target.end));
  const span = job.target && job.reasoning
    ? { start: Math.min(target.start, job.reasoning.start), end: Math.max(target.end, Math.min(job.reasoning.end, usableEnd)) }
    : { start: promptLength, end: usableEnd };

  const out = { importance: [] as Float64Array[], carried: [] as Float64Array[], ratios: [] as number[] };
  const against: Float64Array[] = [];
  let ratio = 1;
  let next = weights;
  let lowering = new Float64Array(weights.length);
  for (let hop = 0; hop <= job.hops; hop++) {
    const incoming = ratio;
    const { importance: raw, against: opposed } = await hopOf(hop === 0 ? target : span, next, incoming, lowering);
    if (opposed) {
      const found = opposed.map((x, j) => x * keep[j]);
      against.push(found);
      lowering = found.slice(span.start, span.end);
    }
    const total = raw.map((score, j) => score * keep[j]);
    out.importance.push(raw);
    out.carried.push(total.map((score) => score * incoming));
    const inside = total.slice(span.start, span.end);
    ratio *= sum(inside) / (sum(total) + 1e-12);
    next = inside.map(weightOf);
    out.ratios.push(ratio);
  }
  return { target, recursionSpan: span, ...out, ...(against.length > 0 && { against }) };
}

/** A hop of a method that tells nothing of opposition; one that no mass reaches takes no work. */
function onlyFor(importance: Importance, nTokens: number): Hop {
  return async (span, weights, incoming) => ({ importance: incoming > 0 ? await importance(span, weights) : new Float64Array(nTokens) });
}

/** Rows a block: each row of the target is a span of its own, and a block of them shares one attention product. */
export const TOKENWISE_BLOCK = 32;

async function tokenwise(job: TraceJob, target: TokenRange, source: SpanSource, tracer: SpanTracer, onLayer: () => void): Promise<Float64Array[]> {
  const matrix: Float64Array[] = [];
  for (let start = target.start; start < target.end; start += TOKENWISE_BLOCK) {
    const rows = Math.min(TOKENWISE_BLOCK, target.end - start);
    const spans = Array.from({ length: rows }, (_, i) => ({ start, weights: Float64Array.from({ length: rows }, (_, j) => (i === j ? 1 : 0)) }));
    matrix.push(...(await tracer.importance(source, spans, job.nTokens, job.renormThreshold, onLayer)));
  }
  return matrix;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
