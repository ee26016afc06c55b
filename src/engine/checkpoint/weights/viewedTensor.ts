import type { QuantisedTensor } from './quantised/readQuantised';
import type { FileTensor } from './stored/fileTensor';

/** Every `step`-th row from `start` on. */
export interface Rows {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Part of a tensor, as a weight of its own, where its bytes are no run of the file. */
export interface ViewedTensor {
  readonly name: string;
  readonly encoding: 'view';
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly file: string;
  readonly of: FileTensor | QuantisedTensor;
  /** Of the first axis; null: the tensor has no axis more than the weight. */
  readonly entry: number | null;
  readonly rows: Rows;
  /** Rows are the columns of what is stored. */
  readonly isTransposed: boolean;
}

/**
 * Part of a tensor. Where it is a run of its file it is what the tensor is, at another place: ONNX Runtime maps it, and nothing is copied.
 * @param shape of the part
 */
export function viewOf(tensor: ViewedTensor['of'], name: string, shape: readonly number[], { entry, rows, isTransposed }: Pick<ViewedTensor, 'entry' | 'rows' | 'isTransposed'>): FileTensor | ViewedTensor {
  if ((tensor.encoding === 'float' || tensor.encoding === 'ggml') && rows.step === 1 && !isTransposed) return runOf(tensor, name, shape, entry, rows);
  return { name, encoding: 'view', dtype: tensor.dtype, shape, file: tensor.file, of: tensor, entry, rows, isTransposed };
}

function runOf(tensor: FileTensor, name: string, shape: readonly number[], entry: number | null, { start, count }: Rows): FileTensor {
  const [entries, ...matrix] = entry === null ? [1, ...tensor.shape] : tensor.shape;
  const entryBytes = tensor.length / entries;
  const rowBytes = entryBytes / matrix[0];
  return { ...tensor, name, shape, offset: tensor.offset + (entry ?? 0) * entryBytes + start * rowBytes, length: count * rowBytes };
}

/** Picks a view's rows [start, end) out of the numbers that hold them. */
export function pickRows({ shape, rows, isTransposed }: ViewedTensor, stored: Float32Array, storedColumns: number, firstStored: number, start: number, end: number): Float32Array<ArrayBuffer> {
  const columns = shape[1] ?? 1;
  const out = new Float32Array((end - start) * columns);
  for (let row = start; row < end; row++) {
    const at = rows.start + row * rows.step - firstStored;
    for (let c = 0; c < columns; c++) out[(row - start) * columns + c] = isTransposed ? stored[c * storedColumns + at] : stored[at * columns + c];
  }
  return out;
}
