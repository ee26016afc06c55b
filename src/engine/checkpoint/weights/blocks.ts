import { quantisedBlocks, readQuantisedBlocks } from './quantised/readQuantised';
import { ggmlBlocks, ggmlGrid } from './ggmlBlocks';
import { readStored } from './stored/storedArray';
import type { BlockGrid, WeightBlocks } from './stored/weightBlocks';
import type { WeightTensor } from './weightSource';

export type { BlockGrid, WeightBlocks } from './stored/weightBlocks';

/** The grid in which a weight can stay packed; null where it has none (numbers, other bits, groups that are permuted or of an odd size). */
export function blocksOf(tensor: WeightTensor): BlockGrid | null {
  if (tensor.encoding === 'float') return null;
  return tensor.encoding === 'ggml' ? ggmlGrid(tensor.dtype) : quantisedBlocks(tensor);
}

/**
 * Rows [start, end) of a weight in its grid; what they stand for is what `readRows` gives, up to a rounding of fp32 where the grid has offsets.
 * @throws CheckpointError when a file has become shorter, Error for a weight without a grid
 */
export async function readBlocks(tensor: WeightTensor, start: number, end: number): Promise<WeightBlocks> {
  if (tensor.encoding === 'ggml') return ggmlBlocks(tensor.dtype, await readStored(tensor, start, end));
  const grid = blocksOf(tensor);
  if (tensor.encoding === 'float' || grid === null) throw new Error(`The weight "${tensor.name}" (${tensor.dtype}) has no grid of blocks.`);
  return readQuantisedBlocks(tensor, grid, start, end);
}
