import { open } from 'node:fs/promises';
import { CheckpointError } from '../../base/errors';
import { bfloat16ToFloat, float16ToFloat } from '../../base/halfFloats';
import { dequantise, unpackBlocks } from '../../gguf/unpackBlocks';
import type { FloatTensor, GgmlTensor, StoredArray, WeightDtype, WeightTensor } from './weightSource';

/** A block of a comparison: small beside any budget, large beside a seek. */
const COMPARED_BYTES = 4 * 1024 * 1024;

/** Reads a weight into fp32, whatever its stored type. @throws CheckpointError when a file has become shorter. */
export function readTensor(tensor: WeightTensor): Promise<Float32Array<ArrayBuffer>> {
  return readRows(tensor, 0, tensor.shape[0]);
}

/** Entries [start, end) of a weight's first axis, in fp32: rows of a matrix. @throws CheckpointError when a file has become shorter */
export async function readRows(tensor: WeightTensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  return numbersOf(tensor, await readStored(tensor, start, end));
}

/** The numbers of whole rows of a weight. @param bytes from the beginning of a buffer */
export function numbersOf(tensor: FloatTensor | GgmlTensor, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return tensor.encoding === 'ggml' ? dequantise(unpackBlocks(tensor.dtype, bytes)) : floats(tensor.dtype, bytes);
}

/** The bytes of entries [start, end) of an array's first axis. @throws CheckpointError when the file has become shorter */
export async function readStored({ file, offset, length, shape }: StoredArray, start = 0, end = shape[0] ?? 1): Promise<Uint8Array<ArrayBuffer>> {
  const entry = length / (shape[0] ?? 1);
  const bytes = new Uint8Array((end - start) * entry);
  const handle = await open(file, 'r');
  try {
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset + start * entry);
    if (bytesRead < bytes.length) throw new CheckpointError(`"${file}" ended inside a weight; the file has changed, load the model again.`);
  } finally {
    await handle.close();
  }
  return bytes;
}

function floats(dtype: WeightDtype, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return dtype === 'BF16' ? bfloat16ToFloat(halves) : float16ToFloat(halves);
}

/** Whether two tensors hold the same numbers in the same type; reads no further than to the first difference. */
export async function sameNumbers(a: WeightTensor, b: WeightTensor): Promise<boolean> {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
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
