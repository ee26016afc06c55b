import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { blocksOf, readBlocks, type WeightBlocks } from '../weights/blocks';
import { isContiguous, readRows } from '../weights/readTensor';
import type { WeightTensor } from '../weights/weightSource';
import { quantise } from './quantise';
import type { PackedLayout, Place } from './packedLayout';

/** Numbers of a weight that are converted at once: what is in memory of it beside the model. */
const SLICE = 1 << 21;

/**
 * Writes weights in the forms in which they are held.
 * @param between told how many bytes are written; may throw to stop
 * @returns checksums of every weight's places, by name
 * @throws CheckpointError when a file has become shorter, Error of the file system
 */
export async function writePacked(path: string, { tensors: packed, bytes }: PackedLayout, tensors: ReadonlyMap<string, WeightTensor>, between: (written: number, total: number) => Promise<void>): Promise<Record<string, readonly number[]>> {
  const file = await open(path, 'wx');
  const checksums: Record<string, readonly number[]> = {};
  let written = 0;
  try {
    await file.truncate(bytes);
    for (const [name, target] of packed) {
      const tensor = tensors.get(name)!;
      const sums = new Map<Place, number>();
      /** The bytes of rows from `row` on, at their place in `place`, which they fill in order. */
      const put = async (place: Place, row: number, data: Float32Array | Uint8Array): Promise<void> => {
        const view = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        await file.write(view, 0, view.length, place.offset + (place.length / tensor.shape[0]) * row);
        sums.set(place, crc32(view, sums.get(place) ?? 0));
        written += view.length;
      };
      const rows = tensor.shape[0];
      // GPTQ and AWQ pack across rows: a slice of them reads all the same.
      const step = isContiguous(tensor) ? Math.max(1, Math.floor(SLICE / (tensor.shape[1] ?? 1))) : rows;
      for (let row = 0; row < rows; row += step) {
        await between(written, bytes);
        const end = Math.min(rows, row + step);
        if (target.kind === 'fp32') await put(target.values, row, await readRows(tensor, row, end));
        else {
          const blocks = await rowsInBlocks(tensor, target.blockSize, row, end);
          await put(target.quants, row, blocks.quants);
          await put(target.scales, row, blocks.scales);
          if (target.offsets) await put(target.offsets, row, blocks.offsets!);
        }
      }
      checksums[name] = [...sums.values()];
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return checksums;
}

async function rowsInBlocks(tensor: WeightTensor, blockSize: number, start: number, end: number): Promise<WeightBlocks> {
  return blocksOf(tensor) ? readBlocks(tensor, start, end) : quantise(await readRows(tensor, start, end), blockSize);
}
