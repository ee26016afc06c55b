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
    for (let i = start; i < start + blockSize; i++) {
      const size = Math.abs(values[i]);
      if (!(size <= largest)) largest = size; // NaN stays
    }
    const scale = Math.fround(largest / 127);
    scales[block] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = start; i < start + blockSize; i++) quants[i] = (values[i] * inverse + 128.5) | 0; // above 0: rounded to the nearest
  }
  return { quants, scales, offsets: null };
}
