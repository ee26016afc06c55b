import type { TraceResult } from '../../concepts/traceResult';
import type { TokenRegion } from '../../concepts/transcript';

/** What a trace with fewer hops gives: its hops are the first ones of a longer trace. [nTokens], 0 inside the target */
export function scoresUpTo({ hops, target }: Pick<TraceResult, 'hops' | 'target'>, last: number): Float64Array {
  const scores = new Float64Array(hops[0].carried.length);
  for (const { carried } of hops.slice(0, last + 1)) for (let j = 0; j < scores.length; j++) scores[j] += carried[j];
  return scores.fill(0, target.start, target.end);
}

/** Parts of the attribution's mass by where they fall; stop tokens of every region by themselves. */
export type MassByRegion = Readonly<Record<TokenRegion | 'stop', number>>;

/** Mass that reaches a hop: 1 for the target, then what stayed in the recursion span. */
export function massReaching({ thinkingRatios }: Pick<TraceResult, 'thinkingRatios'>, hop: number): number {
  return hop === 0 ? 1 : thinkingRatios[hop - 1];
}

/** Where the mass that reaches a hop falls, before stop tokens are taken out; adds up to `massReaching`. */
export function hopMass({ tokens, hops, thinkingRatios }: Pick<TraceResult, 'tokens' | 'hops' | 'thinkingRatios'>, hop: number): MassByRegion {
  const mass: Record<TokenRegion | 'stop', number> = { prompt: 0, reasoning: 0, answer: 0, template: 0, stop: 0 };
  const { importance } = hops[hop];
  tokens.forEach(({ kind, region }, j) => (mass[kind === 'stop' ? 'stop' : region] += importance[j]));
  const scale = massReaching({ thinkingRatios }, hop) / (importance.reduce((a, b) => a + b, 0) || 1);
  for (const key of Object.keys(mass) as (keyof typeof mass)[]) mass[key] *= scale;
  return mass;
}

/** Total-variation distance of two score vectors over the same places, each normalised to sum 1: 0 the same, 1 nothing in common. */
export function variation(a: ArrayLike<number>, b: ArrayLike<number>, places: readonly number[]): number {
  const total = (scores: ArrayLike<number>) => places.reduce((sum, i) => sum + Math.max(0, scores[i]), 0) || 1;
  const [ofA, ofB] = [total(a), total(b)];
  return places.reduce((sum, i) => sum + Math.abs(Math.max(0, a[i]) / ofA - Math.max(0, b[i]) / ofB), 0) / 2;
}
