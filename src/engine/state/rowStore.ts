/** Rows of one width, appended block by block into one growing fp32 array. */
export class RowStore {
  private data: Float32Array<ArrayBuffer>;
  length = 0;

  constructor(readonly width: number, capacity = 0) {
    this.data = new Float32Array(capacity * width);
  }

  /** Bytes held, room for rows to come included. */
  get bytes(): number {
    return this.data.byteLength;
  }

  /** block: [n, width] */
  append(block: Float32Array): void {
    const needed = this.length * this.width + block.length;
    if (needed > this.data.length) {
      // An eighth more: decoding copies each row eight times in all, and little of a long transcript's memory is idle.
      const rows = Math.ceil(needed / this.width);
      const grown = new Float32Array((rows + Math.max(64, rows >> 3)) * this.width);
      grown.set(this.rows(0, this.length));
      this.data = grown;
    }
    this.data.set(block, this.length * this.width);
    this.length += block.length / this.width;
  }

  /** A view of rows [start, end), valid until the next append. */
  rows(start: number, end: number): Float32Array<ArrayBuffer> {
    return this.data.subarray(start * this.width, end * this.width);
  }

  /** Copies of the given rows, in their order, [indices.length, width]. */
  gather(indices: readonly number[]): Float32Array<ArrayBuffer> {
    const out = new Float32Array(indices.length * this.width);
    indices.forEach((row, i) => out.set(this.rows(row, row + 1), i * this.width));
    return out;
  }

  /** sum_i weights[i] * row[start + i], [width] fp64. */
  weightedSum(start: number, weights: Float64Array): Float64Array {
    const sum = new Float64Array(this.width);
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i];
      if (w === 0) continue;
      const at = (start + i) * this.width;
      for (let d = 0; d < this.width; d++) sum[d] += w * this.data[at + d];
    }
    return sum;
  }
}
