import type { WeightBlocks } from '../weights/stored/weightBlocks';

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
