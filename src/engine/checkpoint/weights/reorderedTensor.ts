import type { FileTensor } from './stored/fileTensor';

/**
 * A weight whose heads lie in another order than the decoder takes them: by tile, and in each tile by group, where it takes them by group, and in each group by
 * tile. What llama.cpp's converter makes of value heads that share key heads (Qwen3.5).
 */
export interface HeadOrder {
  /** Rows or columns. */
  readonly axis: 0 | 1;
  /** How many of them are of no such head, at the beginning, and stay. */
  readonly first: number;
  /** Rows or columns of a head. */
  readonly size: number;
  readonly tiles: number;
  readonly groups: number;
}

export interface ReorderedTensor {
  readonly name: string;
  readonly encoding: 'reordered';
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly file: string;
  readonly of: FileTensor;
  readonly order: HeadOrder;
}

/** A run of rows or columns: `count` of them, which lie from `from` on and are taken to `to`. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export function reordered(of: FileTensor, order: HeadOrder): ReorderedTensor {
  const { name, dtype, shape, file } = of;
  return { name, encoding: 'reordered', dtype, shape, file, of, order };
}

/** Where entries [start, end) of the reordered axis lie, as runs, in their order. `to` counts from `start`. */
export function storedRuns({ first, size, tiles, groups }: HeadOrder, start: number, end: number): Run[] {
  const runs: Run[] = [];
  for (let at = start; at < end;) {
    const head = Math.floor((at - first) / size);
    const offset = at < first ? at : (at - first) % size;
    const from = at < first ? at : first + ((head % tiles) * groups + Math.floor(head / tiles)) * size + offset;
    const count = Math.min(end - at, at < first ? first - at : size - offset);
    runs.push({ from, to: at - start, count });
    at += count;
  }
  return runs;
}

/**
 * Columns of whole rows in the order in which they are taken.
 * @param perColumn entries of `stored` for `unit` columns, of which heads are whole multiples
 */
export function pickColumns<T extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(order: HeadOrder, stored: T, columns: number, unit: number, perUnit: number): T {
  const runs = storedRuns(order, 0, columns);
  const out = stored.slice() as T;
  const width = (columns / unit) * perUnit;
  const entries = (count: number) => (count / unit) * perUnit;
  for (let row = 0; row < stored.length; row += width) {
    for (const { from, to, count } of runs) out.set(stored.subarray(row + entries(from), row + entries(from + count)), row + entries(to));
  }
  return out;
}
