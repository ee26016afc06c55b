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
    const rows = block.length / this.width;
    this.room(rows).set(block);
    this.length += rows;
  }

  /** A view of the place of so many rows behind the last one, to be written before `length` counts them, [rows, width]. */
  room(rows: number): Float32Array<ArrayBuffer> {
    const needed = this.length + rows;
    if (needed * this.width > this.data.length) {
      // An eighth more: decoding copies each row eight times in all, and little of a long transcript's memory is idle.
      const grown = new Float32Array((needed + Math.max(64, needed >> 3)) * this.width);
      grown.set(this.rows(0, this.length));
      this.data = grown;
    }
    return this.rows(this.length, needed);
  }

  /** A view of rows [start, end), valid until the next `append` or `room`. */
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
