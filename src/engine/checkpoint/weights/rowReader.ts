import { closeSync, openSync, readSync } from 'node:fs';
import { CheckpointError } from '../../base/errors';
import { isContiguous, numbersOf, readRows } from './readTensor';
import type { WeightTensor } from './weightSource';

/** Bytes of rows that are remembered: the words of a text come again and again. */
const REMEMBERED_BYTES = 16 << 20;

/**
 * Single rows of a matrix in fp32, from its file: of an embedding table of gigabytes a text needs megabytes, and no product reads it. Its file stays open,
 * so that one that is replaced meanwhile is not read in part.
 */
export class RowReader {
  private readonly known = new Map<number, Float32Array>();
  private readonly fd: number | null;

  /** @throws CheckpointError */
  constructor(private readonly tensor: WeightTensor) {
    try {
      this.fd = isContiguous(tensor) ? openSync(tensor.file, 'r') : null;
    } catch (cause) {
      throw new CheckpointError(`"${tensor.file}" cannot be opened (${(cause as Error).message}); check that it is there and that you may read it.`, { cause });
    }
  }

  /** [ids.length, columns]; a whole number below 0 or beyond the table is the caller's fault. @throws CheckpointError when the file has become shorter */
  async rows(ids: readonly number[]): Promise<Float32Array> {
    const width = this.tensor.shape[1];
    const out = new Float32Array(ids.length * width);
    for (const [i, id] of ids.entries()) out.set(await this.row(id), i * width);
    return out;
  }

  close(): void {
    this.known.clear();
    if (this.fd !== null) closeSync(this.fd);
  }

  private async row(id: number): Promise<Float32Array> {
    const known = this.known.get(id);
    if (known) return known;
    const row = await this.read(id);
    if (this.known.size * row.byteLength >= REMEMBERED_BYTES) this.known.clear();
    this.known.set(id, row);
    return row;
  }

  private async read(id: number): Promise<Float32Array> {
    const { tensor, fd } = this;
    if (fd === null || !isContiguous(tensor)) return readRows(tensor, id, id + 1);
    const bytes = new Uint8Array(tensor.length / tensor.shape[0]);
    if (readSync(fd, bytes, 0, bytes.length, tensor.offset + id * bytes.length) < bytes.length) throw new CheckpointError(`"${tensor.file}" ended inside a weight; the file has changed, load the model again.`);
    return numbersOf(tensor, bytes);
  }
}
