import { regionMass, type RegionMass } from '../../concepts/share';
import type { TraceResult } from '../../concepts/traceResult';

/** What a trace with fewer hops gives: its hops are the first ones of a longer trace. [nTokens], 0 inside the target */
export function scoresUpTo({ hops, target }: Pick<TraceResult, 'hops' | 'target'>, last: number): Float64Array {
  const scores = new Float64Array(hops[0].carried.length);
  for (const { carried } of hops.slice(0, last + 1)) for (let j = 0; j < scores.length; j++) scores[j] += carried[j];
  return scores.fill(0, target.start, target.end);
}

/** Mass that reaches a hop: 1 for the target, then what stayed in the recursion span. */
export function massReaching({ thinkingRatios }: Pick<TraceResult, 'thinkingRatios'>, hop: number): number {
  return hop === 0 ? 1 : thinkingRatios[hop - 1];
}

/** Where the mass that reaches a hop falls, before stop tokens are taken out; adds up to `massReaching`. */
export function hopMass({ tokens, hops, thinkingRatios }: Pick<TraceResult, 'tokens' | 'hops' | 'thinkingRatios'>, hop: number): RegionMass {
  const { importance } = hops[hop];
  const scale = massReaching({ thinkingRatios }, hop) / (importance.reduce((a, b) => a + b, 0) || 1);
  const { prompt, reasoning, answer, template, stop } = regionMass(tokens, [importance]);
  return { prompt: scale * prompt, reasoning: scale * reasoning, answer: scale * answer, template: scale * template, stop: scale * stop };
}

/** Total-variation distance of two score vectors over the same places, each normalised to sum 1: 0 the same, 1 nothing in common. */
export function variation(a: ArrayLike<number>, b: ArrayLike<number>, places: readonly number[]): number {
  const total = (scores: ArrayLike<number>) => places.reduce((sum, i) => sum + Math.max(0, scores[i]), 0) || 1;
  const [ofA, ofB] = [total(a), total(b)];
  return places.reduce((sum, i) => sum + Math.abs(Math.max(0, a[i]) / ofA - Math.max(0, b[i]) / ofB), 0) / 2;
}
