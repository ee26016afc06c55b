import { open, type FileHandle } from 'node:fs/promises';
import { CheckpointError } from '../../../base/errors';

/** An array as it lies in a file. */
export interface StoredArray {
  /** As its format names it: F32, I32, Q4_0... */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Real path (symlinks resolved: ONNX Runtime refuses external data behind a link that leaves its folder). */
  readonly file: string;
  /** Absolute byte position in the file. */
  readonly offset: number;
  readonly length: number;
}

/** Rows of a matrix that are read together for a few of their columns: small beside any weight, large beside a seek. */
const BAND_BYTES = 4 * 1024 * 1024;

/** The bytes of entries [start, end) of an array's first axis. @throws CheckpointError when the file has become shorter */
export async function readStored({ file, offset, length, shape }: StoredArray, start = 0, end = shape[0] ?? 1): Promise<Uint8Array<ArrayBuffer>> {
  const entry = length / (shape[0] ?? 1);
  const bytes = new Uint8Array((end - start) * entry);
  const handle = await open(file, 'r');
  try {
    await fill(handle, file, bytes, offset + start * entry);
  } finally {
    await handle.close();
  }
  return bytes;
}

/**
 * The bytes of columns [start, end) of a matrix, for all of its rows: [rows, end - start]. All of the matrix is read, in bands: a read for each row
 * takes longer than what lies between them.
 * @throws CheckpointError when the file has become shorter
 */
export async function readColumns(matrix: StoredArray, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const { file, offset, length, shape: [rows, columns] } = matrix;
  if (end - start === columns) return readStored(matrix);
  const rowBytes = length / rows;
  const [from, to] = [start, end].map((column) => column * (rowBytes / columns));
  const out = new Uint8Array(rows * (to - from));
  const bandRows = Math.max(1, Math.floor(BAND_BYTES / rowBytes));
  const band = new Uint8Array(Math.min(rows, bandRows) * rowBytes);
  const handle = await open(file, 'r');
  try {
    for (let row = 0; row < rows; row += bandRows) {
      const count = Math.min(bandRows, rows - row);
      await fill(handle, file, band.subarray(0, count * rowBytes), offset + row * rowBytes);
      for (let r = 0; r < count; r++) out.set(band.subarray(r * rowBytes + from, r * rowBytes + to), (row + r) * (to - from));
    }
  } finally {
    await handle.close();
  }
  return out;
}

async function fill(handle: FileHandle, file: string, bytes: Uint8Array, position: number): Promise<void> {
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
  if (bytesRead < bytes.length) throw new CheckpointError(`"${file}" ended inside a weight; the file has changed, load the model again.`);
}
