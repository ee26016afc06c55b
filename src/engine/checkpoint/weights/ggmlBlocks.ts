import type { GgmlBlockType } from '../../gguf/ggmlTypes';
import { blockLayout, unpackBlocks, type UnpackedBlocks } from '../../gguf/unpackBlocks';
import type { BlockGrid, WeightBlocks } from './stored/weightBlocks';

/** The grid that holds every number of a type as it is: of 4 bits where a scale has at most 16 steps. */
export function ggmlGrid(type: GgmlBlockType): BlockGrid {
  const { groupSize, hasOffsets, lowest, levels } = blockLayout(type);
  return levels > 16 ? { bits: 8, blockSize: groupSize, hasOffsets } : { bits: 4, blockSize: groupSize, hasOffsets: hasOffsets || !isCentred(lowest, levels) };
}

/** Whole blocks of a file in the type's grid. */
export function ggmlBlocks(type: GgmlBlockType, bytes: Uint8Array): WeightBlocks {
  const unpacked = unpackBlocks(type, bytes);
  const { lowest, levels } = blockLayout(type);
  return levels > 16 ? inBytes(unpacked) : inNibbles(unpacked, isCentred(lowest, levels));
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
