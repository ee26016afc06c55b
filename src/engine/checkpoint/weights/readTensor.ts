import { open } from 'node:fs/promises';
import { dequantise, unpackBlocks } from '../../gguf/unpackBlocks';
import { readQuantisedRows } from './quantised/readQuantised';
import { pickColumns, storedRuns, type ReorderedTensor } from './reorderedTensor';
import type { FileTensor } from './stored/fileTensor';
import { floats } from './stored/floats';
import { readStored, type StoredArray } from './stored/storedArray';
import { pickRows, type ViewedTensor } from './viewedTensor';
import type { WeightTensor } from './weightSource';

/** A block of a comparison: small beside any budget, large beside a seek. */
const COMPARED_BYTES = 4 * 1024 * 1024;

/** Reads a weight into fp32, whatever its stored type. @throws CheckpointError when a file has become shorter. */
export function readTensor(tensor: WeightTensor): Promise<Float32Array<ArrayBuffer>> {
  return readRows(tensor, 0, tensor.shape[0]);
}

/** Entries [start, end) of a weight's first axis, in fp32: rows of a matrix. @throws CheckpointError when a file has become shorter */
export async function readRows(tensor: WeightTensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  if (isContiguous(tensor)) return numbersOf(tensor, await readStored(tensor, start, end));
  if (tensor.encoding === 'reordered') return readReorderedRows(tensor, start, end);
  return tensor.encoding === 'view' ? readViewedRows(tensor, start, end) : readQuantisedRows(tensor, start, end);
}

async function readReorderedRows({ of, order }: ReorderedTensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  const columns = of.shape.slice(1).reduce((a, b) => a * b, 1);
  if (order.axis === 1) return pickColumns(order, await readRows(of, start, end), columns, 1, 1);
  const out = new Float32Array((end - start) * columns);
  for (const { from, to, count } of storedRuns(order, start, end)) out.set(await readRows(of, from, from + count), to * columns);
  return out;
}

async function readViewedRows(view: ViewedTensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  const { of, entry, rows, isTransposed } = view;
  const storedColumns = of.shape[of.shape.length - 1];
  if (entry !== null) return pickRows(view, await readRows(of, entry, entry + 1), storedColumns, 0, start, end);
  if (isTransposed) return pickRows(view, await readTensor(of), storedColumns, 0, start, end);
  const first = rows.start + start * rows.step;
  return pickRows(view, await readRows(of, first, rows.start + (end - 1) * rows.step + 1), storedColumns, first, start, end);
}

/** Whether a row of the weight is a run of bytes of its file. */
export function isContiguous(tensor: WeightTensor): tensor is FileTensor {
  return tensor.encoding === 'float' || tensor.encoding === 'ggml';
}

/** The numbers of whole rows of a weight. @param bytes from the beginning of a buffer */
export function numbersOf(tensor: FileTensor, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return tensor.encoding === 'ggml' ? dequantise(unpackBlocks(tensor.dtype, bytes)) : floats(tensor.dtype, bytes);
}

/** Whether two tensors hold the same numbers in the same type; reads no further than to the first difference. */
export async function sameNumbers(a: WeightTensor, b: WeightTensor): Promise<boolean> {
  if (a.encoding !== b.encoding || a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  const [ours, theirs] = [a, b].map(storedArrays);
  if (ours.length !== theirs.length) return false;
  for (const [i, array] of ours.entries()) if (!await sameBytes(array, theirs[i])) return false;
  return true;
}

/** What of its files a weight is made of. */
export function storedArrays(tensor: WeightTensor): readonly StoredArray[] {
  if (tensor.encoding === 'view' || tensor.encoding === 'reordered') return storedArrays(tensor.of);
  return isContiguous(tensor) ? [tensor] : Object.values<StoredArray | null>({ ...tensor.parts }).filter((part) => part !== null);
}

async function sameBytes(a: StoredArray, b: StoredArray): Promise<boolean> {
  if (a.dtype !== b.dtype || a.length !== b.length) return false;
  const handles = await Promise.all([open(a.file, 'r'), open(b.file, 'r')]);
  try {
    const blocks = [Buffer.alloc(COMPARED_BYTES), Buffer.alloc(COMPARED_BYTES)];
    for (let at = 0; at < a.length; at += COMPARED_BYTES) {
      const bytes = Math.min(COMPARED_BYTES, a.length - at);
      await Promise.all([a, b].map(({ offset }, i) => handles[i].read(blocks[i], 0, bytes, offset + at)));
      if (blocks[0].compare(blocks[1], 0, bytes, 0, bytes) !== 0) return false;
    }
    return true;
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}
