import type { BlockGrid, WeightBlocks } from '../stored/weightBlocks';

/** How the integers of a weight [out, in] share their scales; fields of the tensors of every format that has integers. */
export interface CodeGrid {
  readonly shape: readonly number[];
  /** Of a code. */
  readonly bits: number;
  /** Inputs that share a scale, where no group index says otherwise. */
  readonly groupSize: number;
  /** Whether every code for zero is 2^(bits - 1), and nothing is added. */
  readonly symmetric: boolean;
}

/** Rows of a weight as integers: value = scale * (code - zero) + bias. */
export interface CodedRows {
  /** [rows, in], from 0 on. */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** [rows, groups] */
  readonly scales: Float32Array<ArrayBuffer>;
  /** [rows, groups]; a number is that of all. */
  readonly zeros: Int32Array<ArrayBuffer> | number;
  /** [rows, groups]; null is 0. */
  readonly biases: Float32Array<ArrayBuffer> | null;
  /** Group of each input; null: `groupSize` of them after one another. */
  readonly groupIndex: Int32Array<ArrayBuffer> | null;
}

/** The words of a packed array; [rows, columns] as the array has it. */
export function wordsOf(bytes: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return new Uint32Array(bytes.buffer);
}

/**
 * `count` codes of `bits` bits from a stream of 32-bit words, lowest bits first; a code may cross two words (3, 5, 6 bits).
 * @param from where the stream begins, which of the words belong to it, and at which bit it starts
 * @param out of bytes alone: with several kinds of arrays the loop takes five times as long
 * @param to where the codes go
 */
export function unpack(words: Uint32Array, from: { readonly at: number; readonly stride: number; readonly bit: number }, bits: number, count: number, out: Uint8Array, to: { readonly at: number; readonly stride: number }): void {
  const mask = (1 << bits) - 1;
  const { at, stride } = from;
  for (let i = 0, bit = from.bit; i < count; i++, bit += bits) {
    const word = at + (bit >>> 5) * stride;
    const shift = bit & 31;
    const code = shift + bits > 32 ? (words[word] >>> shift) | (words[word + stride] << (32 - shift)) : words[word] >>> shift;
    out[to.at + i * to.stride] = code & mask;
  }
}

/** Columns that are turned into rows together: as many as a cache line holds; one at a time would miss the cache at every word. */
const TILE = 16;

/** [columns, rows] of [rows, columns] */
export function transposed<T extends Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(matrix: T, rows: number, columns: number): T {
  const out = matrix.slice();
  for (let first = 0; first < columns; first += TILE) {
    const end = Math.min(columns, first + TILE);
    for (let r = 0; r < rows; r++) for (let c = first; c < end; c++) out[c * rows + r] = matrix[r * columns + c];
  }
  return out as T;
}

/** [rows, in]; a product and a sum are rounded to fp32 each, as the formats' own libraries do. */
export function decoded({ codes, scales, zeros, biases, groupIndex }: CodedRows, { shape: [, width], groupSize }: CodeGrid): Float32Array<ArrayBuffer> {
  const rows = codes.length / width;
  const groups = scales.length / rows;
  const out = new Float32Array(codes.length);
  const groupOf = groupIndex ?? Int32Array.from({ length: width }, (_, i) => Math.floor(i / groupSize));
  const zeroOf = typeof zeros === 'number' ? new Int32Array(scales.length).fill(zeros) : zeros;
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < width; i++) {
      const g = r * groups + groupOf[i];
      const product = (codes[r * width + i] - zeroOf[g]) * scales[g];
      out[r * width + i] = biases ? Math.fround(product) + biases[g] : product;
    }
  }
  return out;
}

const BLOCK_SIZES = [128, 64, 32, 16] as const;

/** The grid in which integers can stay packed; groups larger than a block repeat their scale. */
export function gridOf({ shape, bits, groupSize, symmetric }: CodeGrid): BlockGrid | null {
  if (bits !== 4 && bits !== 8) return null;
  const blockSize = groupSize === 256 ? 256 : BLOCK_SIZES.find((size) => groupSize % size === 0);
  return blockSize === undefined || shape[1] % groupSize !== 0 ? null : { bits, blockSize, hasOffsets: !symmetric };
}

export function blocks({ codes, scales, zeros, biases }: CodedRows, { groupSize }: CodeGrid, { bits, blockSize, hasOffsets }: BlockGrid): WeightBlocks {
  const half = 2 ** (bits - 1);
  const repeats = groupSize / blockSize;
  const perBlock = new Float32Array(codes.length / blockSize);
  const offsets = hasOffsets ? new Float32Array(perBlock.length) : null;
  for (let b = 0; b < perBlock.length; b++) {
    const g = Math.floor(b / repeats);
    perBlock[b] = scales[g];
    if (offsets) offsets[b] = scales[g] * (half - (typeof zeros === 'number' ? zeros : zeros[g])) + (biases?.[g] ?? 0);
  }
  // Rows are a whole number of blocks, and these of bytes.
  return { quants: bits === 8 ? codes : paired(codes), scales: perBlock, offsets };
}

function paired(codes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(codes.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = codes[2 * i] | (codes[2 * i + 1] << 4);
  return out;
}
