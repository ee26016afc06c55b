import { blockLayout, unpackBlocks, type UnpackedBlocks } from '../../gguf/unpackBlocks';
import type { WeightTensor } from './weightSource';
import { readStored } from './readTensor';

/** How a matrix lies in blocks along its rows: number i of a row is `scale * (quant - 2^(bits - 1)) + offset`, scale and offset those of its block. */
export interface BlockLayout {
  readonly bits: 4 | 8;
  readonly blockSize: number;
  readonly hasOffsets: boolean;
}

/** Rows of a matrix in blocks. */
export interface WeightBlocks {
  /** Row by row: of 8 bits one byte a number; of 4 bits one byte for two, the first in the low half. */
  readonly quants: Uint8Array<ArrayBuffer>;
  /** [rows, blocks of a row] */
  readonly scales: Float32Array<ArrayBuffer>;
  /** [rows, blocks of a row]; null where there are none. */
  readonly offsets: Float32Array<ArrayBuffer> | null;
}

/** The layout in which a matrix's numbers can be kept as they are stored; null where they are no whole numbers on an even grid. */
export function storedLayout(tensor: WeightTensor): BlockLayout | null {
  if (tensor.encoding !== 'ggml') return null;
  const { groupSize, hasOffsets, lowest, levels } = blockLayout(tensor.dtype);
  return levels > 16 ? { bits: 8, blockSize: groupSize, hasOffsets } : { bits: 4, blockSize: groupSize, hasOffsets: hasOffsets || !isCentred(lowest, levels) };
}

/** Rows [start, end) of a matrix that has a `storedLayout`, in it. @throws CheckpointError when a file has become shorter */
export async function readBlocks(tensor: WeightTensor, start: number, end: number): Promise<WeightBlocks> {
  if (tensor.encoding !== 'ggml') throw new Error(`${tensor.name} is not stored in blocks`);
  const unpacked = unpackBlocks(tensor.dtype, await readStored(tensor, start, end));
  const { lowest, levels } = blockLayout(tensor.dtype);
  return levels > 16 ? inBytes(unpacked) : inNibbles(unpacked, isCentred(lowest, levels));
}

/**
 * Rows in blocks of 8 bits, each number to the nearest of 255 steps of its block.
 * @param values [rows, n blocks of `blockSize`]
 */
export function quantise(values: Float32Array, blockSize: number): WeightBlocks {
  const scales = new Float32Array(values.length / blockSize);
  const quants = new Uint8Array(values.length);
  for (let block = 0; block < scales.length; block++) {
    const start = block * blockSize;
    let largest = 0;
    for (let i = start; i < start + blockSize; i++) largest = Math.max(largest, Math.abs(values[i]));
    const scale = Math.fround(largest / 127);
    scales[block] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = start; i < start + blockSize; i++) quants[i] = Math.round(values[i] * inverse) + 128;
  }
  return { quants, scales, offsets: null };
}

/** Whether whole numbers of this range are those of 4 bits around 0. */
function isCentred(lowest: number, levels: number): boolean {
  return lowest >= -8 && lowest + levels <= 8;
}

function inBytes({ quants, scales, offsets }: UnpackedBlocks): WeightBlocks {
  const bytes = new Uint8Array(quants.length);
  for (let i = 0; i < quants.length; i++) bytes[i] = quants[i] + 128;
  return { quants: bytes, scales: new Float32Array(scales), offsets: offsets && new Float32Array(offsets) };
}

/** Of numbers from 0 to 15 what is counted from 8 on goes into the offset. */
function inNibbles({ quants, scales, offsets }: UnpackedBlocks, centred: boolean): WeightBlocks {
  const added = centred ? 8 : 0;
  const bytes = new Uint8Array(quants.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (quants[2 * i] + added) | ((quants[2 * i + 1] + added) << 4);
  const shift = centred ? 0 : 8;
  return { quants: bytes, scales: new Float32Array(scales), offsets: centred && offsets === null ? null : Float32Array.from(scales, (scale, i) => (offsets?.[i] ?? 0) + shift * scale) };
}
