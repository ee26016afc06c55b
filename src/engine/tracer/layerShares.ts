import type { OutputProjection, TracerShape } from './outputProjection';

/** One layer of a weighted span of rows: what METHOD step 2 starts from. */
export interface SpanLayer {
  /** Columns that the span can see: positions [0, columns). */
  readonly columns: number;
  /** `a[h, j]`, weighted column sums of attention rows, [nHeads, columns] */
  readonly attention: Float32Array;
  /** [nKvHeads, columns, dHead], with the value bias still in */
  readonly values: Float32Array;
  /** weighted residual stream after attention, [dModel] */
  readonly xMid: Float64Array;
  /** weighted residual stream before attention, [dModel] */
  readonly xIn: Float64Array;
}

/**
 * One layer's share of a weighted span for every source token; with `residual` they add up to 1 (METHOD step 2).
 *
 * prox(y, x) = max(0, |x|_1 - |y - x|_1) is evaluated through the exact identity
 *   |x|_1 - |a f - x|_1 = a <v, O s> - 2 sum_d relu(u_d - |x_d|),   s = sign(x), u_d = a f_d s_d
 * which needs no difference of large sums, and by prefixes: the linear part costs dHead for each pair, and a coordinate
 * can correct it only where |x_d| / |O[:, d]| < a |v| (Cauchy-Schwarz), so the coordinates that any pair of a head can
 * reach are sorted by that ratio and visited until the bound or the correction (share 0) ends it. Brute force visits all
 * dModel for each pair; here it is less than one a pair on random weights of Qwen3-0.6B's shape.
 * @param threshold a head's proximity below this counts as 0
 * @param tokens receives the shares, added up: [>= columns]
 * @returns the residual's share
 */
export function addLayerShares(layer: SpanLayer, projection: OutputProjection, shape: TracerShape, threshold: number, tokens: Float64Array): number {
  const { nHeads, nKvHeads, dHead, dModel } = shape;
  const { columns, xMid } = layer;
  const group = nHeads / nKvHeads;
  const values = withoutBias(layer.values, projection.valueBias, columns, shape);
  const magnitude = Float64Array.from(xMid, Math.abs);
  // A coordinate where x is 0 counts -|u|, which either sign gives.
  const sign = Float64Array.from(xMid, (x) => (x < 0 ? -1 : 1));
  const proximities = new Float64Array(columns);

  const lengths = rowLengths(values, dHead);
  const linear = new Float64Array(columns);

  for (let h = 0; h < nHeads; h++) {
    const signed = signedOutput(projection.weight, sign, h, shape);
    const firstRow = Math.floor(h / group) * columns;
    let farthest = 0;
    for (let j = 0; j < columns; j++) {
      const a = layer.attention[h * columns + j];
      linear[j] = a > 0 ? a * dot(values, (firstRow + j) * dHead, signed, 0, dHead) : 0;
      if (linear[j] > 0) farthest = Math.max(farthest, a * lengths[firstRow + j]);
    }
    const prefix = correctionOrder(magnitude, projection.columnNorms.subarray(h * dModel, (h + 1) * dModel), farthest);
    for (let j = 0; j < columns; j++) {
      if (linear[j] <= 0) continue;
      const a = layer.attention[h * columns + j];
      const v = (firstRow + j) * dHead;
      const reach = a * lengths[firstRow + j];
      let correction = 0;
      for (let p = 0; p < prefix.order.length && prefix.ratios[p] < reach; p++) {
        const d = prefix.order[p];
        const excess = a * dot(values, v, projection.weight, (d * nHeads + h) * dHead, dHead) * sign[d] - magnitude[d];
        if (excess > 0) {
          correction += 2 * excess;
          if (correction >= linear[j]) break;
        }
      }
      const proximity = linear[j] - correction;
      if (proximity > 0 && proximity >= threshold) proximities[j] += proximity;
    }
  }

  const residual = denseProximity(layer.xIn, magnitude, sign);
  let total = residual + 1e-12;
  for (let j = 0; j < columns; j++) total += proximities[j];
  for (let j = 0; j < columns; j++) tokens[j] += proximities[j] / total;
  return residual / total;
}

/**
 * a[aStart..] . b[bStart..] over n entries, in fp64. Four sums in turn: one sum alone waits for each addition to end before
 * the next begins, which is most of the kernel's time.
 */
function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const even = n - (n % 4);
  for (let c = 0; c < even; c += 4) {
    s0 += a[aStart + c] * b[bStart + c];
    s1 += a[aStart + c + 1] * b[bStart + c + 1];
    s2 += a[aStart + c + 2] * b[bStart + c + 2];
    s3 += a[aStart + c + 3] * b[bStart + c + 3];
  }
  for (let c = even; c < n; c++) s0 += a[aStart + c] * b[bStart + c];
  return s0 + s1 + (s2 + s3);
}

/** |row|_2 of every row, once for all the query heads that share it. values: [rows, dHead] */
function rowLengths(values: Float32Array, dHead: number): Float64Array {
  const lengths = new Float64Array(values.length / dHead);
  for (let row = 0; row < lengths.length; row++) lengths[row] = Math.sqrt(dot(values, row * dHead, values, row * dHead, dHead));
  return lengths;
}

/** O[h] s, [dHead] */
function signedOutput(weight: Float32Array, sign: Float64Array, h: number, { nHeads, dHead, dModel }: TracerShape): Float32Array {
  const out = new Float64Array(dHead);
  for (let d = 0; d < dModel; d++) {
    const at = (d * nHeads + h) * dHead;
    for (let c = 0; c < dHead; c++) out[c] += sign[d] * weight[at + c];
  }
  return Float32Array.from(out);
}

/**
 * Coordinates by the smallest `a |v|` at which they can correct the linear form, as far as `farthest`, the largest one that
 * there is: mostly a few of them, so that the sort, a third of the kernel's time over all of them, costs next to nothing.
 */
function correctionOrder(magnitude: Float64Array, norms: Float64Array, farthest: number): { order: Uint32Array; ratios: Float64Array } {
  const reachable: { d: number; ratio: number }[] = [];
  for (let d = 0; d < magnitude.length; d++) {
    if (magnitude[d] < farthest * norms[d]) reachable.push({ d, ratio: magnitude[d] / norms[d] });
  }
  reachable.sort((a, b) => a.ratio - b.ratio);
  return { order: Uint32Array.from(reachable, ({ d }) => d), ratios: Float64Array.from(reachable, ({ ratio }) => ratio) };
}

function withoutBias(values: Float32Array, bias: Float32Array | null, columns: number, { nKvHeads, dHead }: TracerShape): Float32Array {
  if (!bias) return values;
  const out = new Float32Array(values.length);
  for (let g = 0; g < nKvHeads; g++) {
    for (let j = 0; j < columns; j++) {
      const at = (g * columns + j) * dHead;
      for (let c = 0; c < dHead; c++) out[at + c] = values[at + c] - bias[g * dHead + c];
    }
  }
  return out;
}

/** prox(y, x) for a vector given in full. */
function denseProximity(y: Float64Array, magnitude: Float64Array, sign: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < y.length; d++) {
    const u = y[d] * sign[d];
    sum += u <= magnitude[d] ? u : 2 * magnitude[d] - u;
  }
  return Math.max(0, sum);
}
