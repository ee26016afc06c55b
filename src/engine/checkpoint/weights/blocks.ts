import { quantisedBlocks, readQuantisedBlocks } from './quantised/readQuantised';
import { ggmlBlocks, ggmlGrid } from './ggmlBlocks';
import { pickColumns, storedRuns, type HeadOrder, type ReorderedTensor } from './reorderedTensor';
import { readStored } from './stored/storedArray';
import type { BlockGrid, WeightBlocks } from './stored/weightBlocks';
import type { Rows, ViewedTensor } from './viewedTensor';
import type { WeightTensor } from './weightSource';

export type { BlockGrid, WeightBlocks } from './stored/weightBlocks';

/** The grid in which a weight can stay packed; null where it has none (numbers, other bits, groups that are permuted or of an odd size). */
export function blocksOf(tensor: WeightTensor): BlockGrid | null {
  if (tensor.encoding === 'float') return null;
  if (tensor.encoding === 'view') return tensor.isTransposed ? null : blocksOf(tensor.of);
  if (tensor.encoding === 'reordered') return blocksInOrder(tensor);
  return tensor.encoding === 'ggml' ? ggmlGrid(tensor.dtype) : quantisedBlocks(tensor);
}

/**
 * Rows [start, end) of a weight in its grid; what they stand for is what `readRows` gives, up to a rounding of fp32 where the grid has offsets.
 * @throws CheckpointError when a file has become shorter, Error for a weight without a grid
 */
export async function readBlocks(tensor: WeightTensor, start: number, end: number): Promise<WeightBlocks> {
  if (tensor.encoding === 'view') return readViewedBlocks(tensor, start, end);
  if (tensor.encoding === 'reordered') return readReorderedBlocks(tensor, blocksOf(tensor), start, end);
  if (tensor.encoding === 'ggml') return ggmlBlocks(tensor.dtype, await readStored(tensor, start, end));
  const grid = blocksOf(tensor);
  if (tensor.encoding === 'float' || grid === null) throw new Error(`The weight "${tensor.name}" (${tensor.dtype}) has no grid of blocks.`);
  return readQuantisedBlocks(tensor, grid, start, end);
}

async function readViewedBlocks({ of, entry, rows }: ViewedTensor, start: number, end: number): Promise<WeightBlocks> {
  const first = rows.start + start * rows.step;
  const last = rows.start + (end - 1) * rows.step;
  if (entry === null) return everyNth(await readBlocks(of, first, last + 1), last + 1 - first, { start: 0, step: rows.step, count: end - start });
  return everyNth(await readBlocks(of, entry, entry + 1), of.shape[of.shape.length - 2], { start: first, step: rows.step, count: end - start });
}

/** Some of the rows of a matrix in blocks. @param stored how many rows the blocks are of */
function everyNth({ quants, scales, offsets }: WeightBlocks, stored: number, rows: Rows): WeightBlocks {
  const pick = <T extends Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(all: T): T => {
    const width = all.length / stored;
    const out = all.slice(0, rows.count * width) as T;
    for (let row = 0; row < rows.count; row++) {
      const from = (rows.start + row * rows.step) * width;
      out.set(all.subarray(from, from + width), row * width);
    }
    return out;
  };
  return { quants: pick(quants), scales: pick(scales), offsets: offsets && pick(offsets) };
}

/** Of columns that are reordered whole blocks are moved. */
function blocksInOrder({ of, order }: ReorderedTensor): BlockGrid | null {
  const grid = blocksOf(of);
  return grid === null || order.axis === 0 || (order.first % grid.blockSize === 0 && order.size % grid.blockSize === 0) ? grid : null;
}

async function readReorderedBlocks({ name, of, order }: ReorderedTensor, grid: BlockGrid | null, start: number, end: number): Promise<WeightBlocks> {
  if (grid === null) throw new Error(`The weight "${name}" has no grid of blocks.`);
  if (order.axis === 1) return columnsInOrder(await readBlocks(of, start, end), order, of.shape[1], grid);
  const rowBytes = (of.shape[1] * grid.bits) / 8;
  const rowBlocks = of.shape[1] / grid.blockSize;
  const perBlock = () => new Float32Array((end - start) * rowBlocks);
  const blocks: WeightBlocks = { quants: new Uint8Array((end - start) * rowBytes), scales: perBlock(), offsets: grid.hasOffsets ? perBlock() : null };
  for (const { from, to, count } of storedRuns(order, start, end)) {
    const { quants, scales, offsets } = await readBlocks(of, from, from + count);
    blocks.quants.set(quants, to * rowBytes);
    blocks.scales.set(scales, to * rowBlocks);
    blocks.offsets?.set(offsets!, to * rowBlocks);
  }
  return blocks;
}

function columnsInOrder({ quants, scales, offsets }: WeightBlocks, order: HeadOrder, columns: number, { bits, blockSize }: BlockGrid): WeightBlocks {
  const perBlock = (values: Float32Array<ArrayBuffer>) => pickColumns(order, values, columns, blockSize, 1);
  return { quants: pickColumns(order, quants, columns, blockSize, (blockSize * bits) / 8), scales: perBlock(scales), offsets: offsets && perBlock(offsets) };
}
