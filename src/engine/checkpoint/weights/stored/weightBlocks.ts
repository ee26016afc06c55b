/** A grid of blocks along a weight's input axis, the same in every row: what the packed matrix products of ONNX Runtime (MatMulNBits) take. */
export interface BlockGrid {
  readonly bits: 4 | 8;
  /** Values in a row that share a scale; divides the row. */
  readonly blockSize: 16 | 32 | 64 | 128 | 256;
  /** Whether something is added to `scale * quant`. */
  readonly hasOffsets: boolean;
}

/** Rows of a weight, [rows, K], kept packed: value = scale * (quant - 2^(bits - 1)) + offset. */
export interface WeightBlocks {
  /** [rows, K / blockSize, blockSize * bits / 8]: a byte a value, or two values a byte, the first of them in the lower four bits. */
  readonly quants: Uint8Array<ArrayBuffer>;
  /** [rows, K / blockSize] */
  readonly scales: Float32Array<ArrayBuffer>;
  /** [rows, K / blockSize]; null where the grid has none. */
  readonly offsets: Float32Array<ArrayBuffer> | null;
}
