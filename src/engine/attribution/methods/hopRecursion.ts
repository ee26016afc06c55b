import type { TokenRange } from '../../../concepts/ranges';
import type { Importance } from './attributionMethod';
import type { TraceJob, TraceOutput } from './traceJob';

/**
 * One hop of the recursion.
 * @param incoming mass that reaches the hop, which the weights divide
 * @param lowering mass on tokens of the span that were found to work against what the attribution passes through
 * @returns besides the importance, where the method tells, what works against the span, [nTokens], >= 0
 */
export type Hop = (span: TokenRange, weights: Float64Array, incoming: number, lowering: Float64Array) => Promise<{ readonly importance: Float64Array; readonly against?: Float64Array }>;

/** METHOD step 3: attribution flows from the target through the recursion span back to the prompt, hop by hop. */
export async function recurse(job: TraceJob, output: TokenRange, hopOf: Hop, weightOf: (score: number) => number = (score) => score): Promise<TraceOutput> {
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
export function onlyFor(importance: Importance, nTokens: number): Hop {
  return async (span, weights, incoming) => ({ importance: incoming > 0 ? await importance(span, weights) : new Float64Array(nTokens) });
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
