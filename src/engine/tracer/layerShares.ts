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
 * can correct it only where |x_d| / |O[:, d]| < a |v| (Cauchy-Schwarz), so coordinates are sorted by that ratio once
 * per head and visited until the bound or the correction (share 0) ends it. Brute force visits all dModel for each pair.
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

  for (let h = 0; h < nHeads; h++) {
    const signed = signedOutput(projection.weight, sign, h, shape);
    const prefix = correctionOrder(magnitude, projection.columnNorms.subarray(h * dModel, (h + 1) * dModel));
    const valuesAt = Math.floor(h / group) * columns * dHead;
    for (let j = 0; j < columns; j++) {
      const a = layer.attention[h * columns + j];
      if (a <= 0) continue;
      const v = valuesAt + j * dHead;
      let linear = 0;
      let squares = 0;
      for (let c = 0; c < dHead; c++) {
        const value = values[v + c];
        linear += value * signed[c];
        squares += value * value;
      }
      linear *= a;
      if (linear <= 0) continue;
      const reach = a * Math.sqrt(squares);
      let correction = 0;
      for (let p = 0; p < dModel && prefix.ratios[p] < reach; p++) {
        const d = prefix.order[p];
        const at = (d * nHeads + h) * dHead;
        let f = 0;
        for (let c = 0; c < dHead; c++) f += values[v + c] * projection.weight[at + c];
        const excess = a * f * sign[d] - magnitude[d];
        if (excess > 0) {
          correction += 2 * excess;
          if (correction >= linear) break;
        }
      }
      const proximity = linear - correction;
      if (proximity > 0 && proximity >= threshold) proximities[j] += proximity;
    }
  }

  const residual = denseProximity(layer.xIn, magnitude, sign);
  let total = residual + 1e-12;
  for (let j = 0; j < columns; j++) total += proximities[j];
  for (let j = 0; j < columns; j++) tokens[j] += proximities[j] / total;
  return residual / total;
}

/** O[h] s, [dHead] */
function signedOutput(weight: Float32Array, sign: Float64Array, h: number, { nHeads, dHead, dModel }: TracerShape): Float64Array {
  const out = new Float64Array(dHead);
  for (let d = 0; d < dModel; d++) {
    const at = (d * nHeads + h) * dHead;
    for (let c = 0; c < dHead; c++) out[c] += sign[d] * weight[at + c];
  }
  return out;
}

/** Coordinates by the smallest `a |v|` at which they can correct the linear form. */
function correctionOrder(magnitude: Float64Array, norms: Float64Array): { order: Uint32Array; ratios: Float64Array } {
  const raw = magnitude.map((x, d) => (norms[d] > 0 ? x / norms[d] : Infinity));
  const order = Uint32Array.from(raw, (_, d) => d).sort((a, b) => raw[a] - raw[b]);
  return { order, ratios: Float64Array.from(order, (d) => raw[d]) };
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
