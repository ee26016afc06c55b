import type { TokenRange } from '../../shared/ranges';
import { LogitFlow } from './logitFlow';
import type { SpanSource } from './spanSource';
import type { SpanTracer } from './spanTracer';
import type { TraceJob, TraceOutput } from './traceJob';

/** Importance of every token for a weighted span of tokens, [nTokens]. */
export type Importance = (span: TokenRange, weights: Float64Array) => Promise<Float64Array>;

/**
 * What works against a span of tokens, [nTokens], >= 0.
 * @param raising mass on each of the tokens that the attribution passes through
 * @param lowering mass on those that were found to work against what it passes through
 */
export type Opposition = (span: TokenRange, raising: Float64Array, lowering: Float64Array) => Promise<Float64Array>;

/** Where logit flow's recursion goes beyond METHOD step 3. */
interface OwnRecursion {
  readonly opposition: Opposition;
  /** Weight of a token in the next hop, from its score: a conclusion has almost all of it, and the steps that led there would have no say. */
  readonly weight: (score: number) => number;
}

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
      return recurse(job, target, rows(0));
    case 'flashtrace-producing':
      return recurse(job, target, rows(1));
    case 'logit-flow': {
      const flow = new LogitFlow(source, job.nTokens, job.contrast ? { token: target.start, row: job.contrast } : null);
      return recurse(job, target, flow.importance, { opposition: flow.opposition, weight: Math.sqrt });
    }
  }
}

/** METHOD step 3: attribution flows from the target through the recursion span back to the prompt, hop by hop. */
async function recurse(job: TraceJob, output: TokenRange, importance: Importance, own: OwnRecursion | null = null): Promise<TraceOutput> {
  const { keep, nTokens, promptLength, usableEnd } = job;
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
    const tokens = hop === 0 ? target : span;
    const incoming = ratio;
    if (own) {
      const mass = sum(next) + 1e-12;
      const found = (await own.opposition(tokens, next.map((w) => (w / mass) * incoming), lowering)).map((x, j) => x * keep[j]);
      against.push(found);
      lowering = found.slice(span.start, span.end);
    }
    const raw = ratio > 0 ? await importance(tokens, next) : new Float64Array(nTokens);
    const total = raw.map((score, j) => score * keep[j]);
    out.importance.push(raw);
    out.carried.push(total.map((score) => score * incoming));
    const inside = total.slice(span.start, span.end);
    ratio *= sum(inside) / (sum(total) + 1e-12);
    next = own ? inside.map(own.weight) : inside;
    out.ratios.push(ratio);
  }
  return { target, recursionSpan: span, ...out, ...(own && { against }) };
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
