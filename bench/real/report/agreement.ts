import { estimate, proportion, spearman, type Estimate } from '../../../src/evaluation/measures/statistics';

/** How well scores of sentences agree with what the sentences are worth, over transcripts. */
export interface Agreement {
  /** How often the best-scored sentence is the one that is worth most. */
  readonly first: Estimate;
  /** Spearman's rank correlation over a transcript's sentences, their mean. */
  readonly spearman: Estimate;
  /** What part of all positive scores the sentence has that is worth most. */
  readonly shareOfFirst: Estimate;
}

export function agreement(pairs: readonly { readonly scores: readonly number[]; readonly truth: readonly number[] }[]): Agreement {
  const several = pairs.filter(({ truth }) => truth.length > 2);
  return {
    first: proportion(several.map(({ scores, truth }) => (best(scores) === best(truth) ? 1 : 0))),
    spearman: estimate(several.map(({ scores, truth }) => spearman(scores, truth)), [-1, 1]),
    shareOfFirst: estimate(several.map(({ scores, truth }) => positiveShare(scores, best(truth))), [0, 1]),
  };
}

/** Of the first of the largest. */
export function best(values: readonly number[]): number {
  return values.reduce((top, value, i) => (value > values[top] ? i : top), 0);
}

function positiveShare(scores: readonly number[], of: number): number {
  const total = scores.reduce((sum, score) => sum + Math.max(0, score), 0);
  return total > 0 ? Math.max(0, scores[of]) / total : 0;
}
