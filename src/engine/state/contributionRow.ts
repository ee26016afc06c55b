/** What every column moved the logit of one produced token by (docs/methods.md). */
export interface ContributionRow {
  /** From the first column up to the token before it. Memory that threads share: a trace of many rows copies none. */
  readonly moved: Float32Array;
  /** Sum of the positive ones. */
  readonly raised: number;
  /** Sum of the negative ones, as a positive number. */
  readonly lowered: number;
}

export function contributionRow(moved: Float32Array): ContributionRow {
  let [sum, size] = [0, 0];
  for (let j = 0; j < moved.length; j++) {
    sum += moved[j];
    size += Math.abs(moved[j]);
  }
  return { moved, raised: (size + sum) / 2, lowered: (size - sum) / 2 };
}
