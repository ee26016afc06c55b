import type { OutputProjection, TracerShape } from './outputProjection';
import { subtractBias, type Residual, type ShareKernel } from './shareKernel';

/** The kernel in JavaScript, for machines whose WebAssembly has no SIMD; operation by operation the same as `kernels/assembly/proximities.ts`. */
export class PortableShareKernel implements ShareKernel {
  private readonly projections = new Map<number, OutputProjection>();
  private layer = 0;
  private columns = 0;
  private values = new Float32Array(0);
  private lengths = new Float64Array(0);

  /** @param kept layers whose projections stay */
  constructor(private readonly shape: TracerShape, private readonly kept: number) {}

  has(layer: number): boolean {
    return this.projections.has(layer);
  }

  admit(layer: number, projection: OutputProjection): void {
    for (const other of this.projections.keys()) if (other >= this.kept) this.projections.delete(other);
    this.projections.set(layer, projection);
  }

  load(layer: number, values: Float32Array, columns: number): void {
    const { dHead } = this.shape[layer];
    this.layer = layer;
    this.columns = columns;
    this.values = Float32Array.from(values);
    subtractBias(this.values, this.projections.get(layer)!.valueBias);
    this.lengths = new Float64Array(this.values.length / dHead);
    for (let row = 0; row < this.lengths.length; row++) this.lengths[row] = Math.sqrt(dot(this.values, row * dHead, this.values, row * dHead, dHead));
  }

  proximities(attention: Float32Array, { magnitude, sign }: Residual, threshold: number): Float64Array {
    const { values, lengths, columns } = this;
    const { nHeads, nKvHeads, dHead, dModel } = this.shape[this.layer];
    const { weight, columnNorms } = this.projections.get(this.layer)!;
    const group = nHeads / nKvHeads;
    const proximities = new Float64Array(columns);
    const linear = new Float64Array(columns);
    for (let h = 0; h < nHeads; h++) {
      const signed = this.signedOutput(weight, sign, h);
      const row = (j: number) => j * nKvHeads + Math.floor(h / group);
      let farthest = 0;
      for (let j = 0; j < columns; j++) {
        const a = attention[h * columns + j];
        linear[j] = a > 0 ? a * dot(values, row(j) * dHead, signed, 0, dHead) : 0;
        if (linear[j] > 0) farthest = Math.max(farthest, a * lengths[row(j)]);
      }
      const prefix = correctionOrder(magnitude, columnNorms.subarray(h * dModel, (h + 1) * dModel), farthest);
      for (let j = 0; j < columns; j++) {
        if (linear[j] <= 0) continue;
        const a = attention[h * columns + j];
        const reach = a * lengths[row(j)];
        let correction = 0;
        for (const { d, ratio } of prefix) {
          if (ratio >= reach) break;
          const excess = a * dot(values, row(j) * dHead, weight, (d * nHeads + h) * dHead, dHead) * sign[d] - magnitude[d];
          if (excess > 0) {
            correction += 2 * excess;
            if (correction >= linear[j]) break;
          }
        }
        const proximity = linear[j] - correction;
        if (proximity > 0 && proximity >= threshold) proximities[j] += proximity;
      }
    }
    return proximities;
  }

  /** O[h] s, [dHead] */
  private signedOutput(weight: Float32Array, sign: Float64Array, h: number): Float64Array {
    const { nHeads, dHead, dModel } = this.shape[this.layer];
    const out = new Float64Array(dHead);
    for (let d = 0; d < dModel; d++) {
      const at = (d * nHeads + h) * dHead;
      for (let c = 0; c < dHead; c++) out[c] += sign[d] * weight[at + c];
    }
    return out;
  }
}

/** a[aStart..] . b[bStart..] over n entries, in fp64; eight sums in turn, as one alone waits for each addition to end before the next begins. */
function dot(a: Float32Array, aStart: number, b: Float32Array | Float64Array, bStart: number, n: number): number {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
  let c = 0;
  for (; c + 8 <= n; c += 8) {
    const i = aStart + c;
    const k = bStart + c;
    s0 += a[i] * b[k];
    s1 += a[i + 1] * b[k + 1];
    s2 += a[i + 2] * b[k + 2];
    s3 += a[i + 3] * b[k + 3];
    s4 += a[i + 4] * b[k + 4];
    s5 += a[i + 5] * b[k + 5];
    s6 += a[i + 6] * b[k + 6];
    s7 += a[i + 7] * b[k + 7];
  }
  let rest = 0;
  for (; c < n; c++) rest += a[aStart + c] * b[bStart + c];
  return s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7)) + rest;
}

/**
 * Coordinates by the smallest `a |v|` at which they can correct the linear form, as far as `farthest`, the largest one that
 * there is: mostly a few of them, so that the sort, a third of the time over all of them, costs next to nothing.
 */
function correctionOrder(magnitude: Float64Array, norms: Float64Array, farthest: number): { d: number; ratio: number }[] {
  const reachable: { d: number; ratio: number }[] = [];
  for (let d = 0; d < magnitude.length; d++) {
    if (magnitude[d] < farthest * norms[d]) reachable.push({ d, ratio: magnitude[d] / norms[d] });
  }
  return reachable.sort((a, b) => a.ratio - b.ratio || a.d - b.d);
}
