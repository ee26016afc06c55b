import type { TokenRange } from '../../shared/ranges';
import type { SpanSource } from './spanSource';
import type { Importance } from './trace';

/**
 * Logit flow (docs/methods.md): a span's importance is the weighted mean of its tokens' contribution rows, each normalised to the part of the token's
 * evidence that a column gave. Rows are asked for once for the widest span; every further hop is a sum of M rows of N numbers.
 */
export function contributionImportance(source: SpanSource, nTokens: number): Importance {
  const rows = new Map<number, Float32Array>();
  return async (span: TokenRange, weights: Float64Array) => {
    const missing = { start: span.start, end: span.end };
    while (missing.start < missing.end && rows.has(missing.start)) missing.start++;
    while (missing.end > missing.start && rows.has(missing.end - 1)) missing.end--;
    if (missing.start < missing.end) (await source.contributions(missing)).forEach((row, i) => rows.set(missing.start + i, row));

    const total = new Float64Array(nTokens);
    let weight = 1e-12;
    for (const w of weights) weight += w;
    weights.forEach((w, i) => {
      if (w === 0) return;
      const row = rows.get(span.start + i)!;
      let mass = 1e-12;
      for (const x of row) mass += x;
      const scale = w / weight / mass;
      for (let j = 0; j < row.length; j++) total[j] += scale * row[j];
    });
    return total;
  };
}
