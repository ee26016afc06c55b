import type { OutputProjection } from './outputProjection';

/** A span's residual stream after attention, coordinate by coordinate, [dModel] each. */
export interface Residual {
  readonly magnitude: Float64Array;
  /** A coordinate where x is 0 counts -|u|, which either sign gives. */
  readonly sign: Float64Array;
}

/**
 * Proximities of a layer's tokens to a span's residual, summed over heads (METHOD step 2).
 *
 * prox(y, x) = max(0, |x|_1 - |y - x|_1) is evaluated through the exact identity
 *   |x|_1 - |a f - x|_1 = a <v, O s> - 2 sum_d relu(u_d - |x_d|),   s = sign(x), u_d = a f_d s_d
 * which needs no difference of large sums, and by prefixes: the linear part costs dHead for each pair, and a coordinate
 * can correct it only where |x_d| / |O[:, d]| < a |v| (Cauchy-Schwarz), so the coordinates that any pair of a head can
 * reach are sorted by that ratio and visited until the bound or the correction (share 0) ends it. Brute force visits all
 * dModel for each pair; here it is less than one a pair on random weights of Qwen3-0.6B's shape.
 */
export interface ShareKernel {
  /** Whether a layer's output projection is here. */
  has(layer: number): boolean;
  /** Takes a layer's output projection in. Layers come in order, pass after pass: the first ones that fit stay, the rest take turns. */
  admit(layer: number, projection: OutputProjection): void;
  /**
   * Takes in the values that the next proximities are about.
   * @param values [columns, nKvHeads, dHead], with the value bias still in
   */
  load(layer: number, values: Float32Array, columns: number): void;
  /**
   * @param attention `a[h, j]`, [nHeads, columns]
   * @param threshold a head's proximity below this counts as 0
   * @returns [columns], valid until the next call
   */
  proximities(attention: Float32Array, residual: Residual, threshold: number): Float64Array;
}

/** Takes the value bias off, in place: it carries no token's content. values: [columns, nKvHeads * dHead] */
export function subtractBias(values: Float32Array, bias: Float32Array | null): void {
  if (!bias) return;
  for (let at = 0; at < values.length; at += bias.length) {
    for (let c = 0; c < bias.length; c++) values[at + c] -= bias[c];
  }
}
