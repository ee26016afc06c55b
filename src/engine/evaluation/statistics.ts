export interface Estimate {
  readonly mean: number;
  /** Half the width of the 95% interval. */
  readonly margin: number;
}

/** Mean and 95% interval of it, by the normal approximation; no interval from one value. */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, n - 1);
  return { mean, margin: n > 1 ? 1.96 * Math.sqrt(variance / n) : NaN };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
