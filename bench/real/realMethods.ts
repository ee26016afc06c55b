import { STATE_METHODS, hasHops, isByToken, type StateMethod } from '../../src/concepts/method';
import { lastAttention } from '../../src/evaluation/methods/attentionBaselines';
import { scoresUpTo } from '../../src/evaluation/measures/hopScores';
import type { RealTranscript } from './realTranscript';

/** A way to score tokens at the price of a trace: without running the model on other texts. */
export interface RealMethod {
  readonly name: string;
  /** [nTokens] at most; missing ones count as 0 */
  readonly scores: (on: RealTranscript) => Promise<ArrayLike<number>>;
  /** What is timed, where scores come from something longer that several methods share. */
  readonly alone?: (on: RealTranscript) => Promise<unknown>;
}

/** Hops of the methods that have them. */
const HOPS = [0, 1, 2, 4];

export const REAL_METHODS: readonly RealMethod[] = [
  ...STATE_METHODS.filter(hasHops).flatMap((method) => HOPS.map((hops) => recursive(method, hops))),
  ...STATE_METHODS.filter((method) => !hasHops(method)).map((method): RealMethod => ({ name: isByToken(method) ? `${method} (mean)` : method, scores: async (on) => (await on.trace(method, 0)).scores })),
  { name: 'attention of the last layer', scores: (on) => lastAttention(on.model.runtime, on.state, on.rows) },
];

function recursive(method: StateMethod, hops: number): RealMethod {
  return {
    name: `${method}, ${hops} hop${hops === 1 ? '' : 's'}`,
    scores: async (on) => scoresUpTo(await on.longestTrace(method, HOPS[HOPS.length - 1]), hops),
    alone: (on) => on.trace(method, hops),
  };
}
