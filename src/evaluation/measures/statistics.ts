/** A mean and its 95% interval; no interval where there is nothing to tell a spread from. */
export interface Estimate {
  readonly n: number;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** 97.5% quantiles of Student's t with 1 to 10 degrees of freedom. By hand: packages that have it bring dozens of distributions. */
const T_QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
/** 97.5% quantile of the normal distribution. */
const Z = 1.959964;

/** Mean of measured values, its interval by Student's t: five transcripts of a task are few. @param bounds what no value can be beyond */
export function estimate(values: readonly number[], [least, most]: readonly [number, number] = [-Infinity, Infinity]): Estimate {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n < 2) return { n, mean, low: null, high: null };
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const margin = tQuantile(n - 1) * Math.sqrt(variance / n);
  return { n, mean, low: Math.max(least, mean - margin), high: Math.min(most, mean + margin) };
}

/** How often something is so, its interval by Wilson's score: 60 of 60 does not mean always, and one of one says little. @param values 0 or 1 each */
export function proportion(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const weight = 1 + Z ** 2 / n;
  const centre = (mean + Z ** 2 / (2 * n)) / weight;
  const margin = (Z / weight) * Math.sqrt((mean * (1 - mean)) / n + Z ** 2 / (4 * n ** 2));
  return { n, mean, low: mean === 0 ? 0 : centre - margin, high: mean === 1 ? 1 : centre + margin };
}

/** By a table, then by the Cornish-Fisher expansion, which is right to three decimals there. */
function tQuantile(freedom: number): number {
  if (freedom <= T_QUANTILES.length) return T_QUANTILES[freedom - 1];
  return Z + (Z ** 3 + Z) / (4 * freedom) + (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * freedom ** 2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Spearman's rank correlation; 0 where one of both says the same of all. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) ** 2;
    yy += (y[i] - mean) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/** From 0 for the least; equal ones share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let end = from + 1;
    while (end < order.length && values[order[end]] === values[order[from]]) end++;
    for (let k = from; k < end; k++) found[order[k]] = (from + end - 1) / 2;
    from = end;
  }
  return found;
}
