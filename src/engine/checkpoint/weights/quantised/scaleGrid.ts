import { floats, type WeightDtype } from '../stored/floats';
import { readStored, type StoredArray } from '../stored/storedArray';
import type { Parts } from './parts';

/** Types of scales: numbers, and powers of two by their exponent. */
export const SCALES = ['F32', 'F16', 'BF16', 'F8_E8M0', 'U8'] as const;

/** Scales for rectangles of a weight [out, in]: one for all, one a row, one a group of a row, or one a block; the last of an axis may be cut off. */
export interface ScaleGrid {
  /** Of a rectangle. */
  readonly rows: number;
  readonly columns: number;
  /** [ceil(out / rows), ceil(in / columns)] */
  readonly scales: StoredArray;
}

/** How large the rectangles are: blocks and group sizes of the configuration, wherever the scales' shape fits them. @throws CheckpointError */
export function scaleGrid(parts: Parts, suffix: string, scales: StoredArray, [out, width]: readonly number[], blocks: readonly (readonly [number, number])[], groupSizes: readonly number[]): ScaleGrid {
  const { shape } = scales;
  const across = shape.length === 0 || shape.length > 2 ? 1 : shape[1] ?? 1;
  const down = shape[0] ?? 1;
  const fits = ([rows, columns]: readonly [number, number]) => Math.ceil(out / rows) === down && Math.ceil(width / columns) === across;
  const rowsEach = [[out, width], [1, width], ...groupSizes.map((size) => [1, size]), [1, width / across]] as [number, number][];
  const found = [...blocks, ...rowsEach].find(([rows, columns]) => Number.isInteger(columns) && fits([rows, columns]));
  if (shape.length > 2 || found === undefined) throw parts.damaged(`has "${suffix.slice(1)}" of shape [${shape.join(', ')}], which does not divide a weight of [${out}, ${width}]`);
  return { rows: found[0], columns: Math.min(found[1], width), scales: { ...scales, shape: [down, across] } };
}

/** The scales of rows [start, end): [end - start, groups across]. */
export async function readScales(grid: ScaleGrid, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  return spread(grid, start, end, await scalesAt(grid, start, end));
}

/** int8 numbers that go along with the scales: [end - start, groups across]. */
export async function readBytes(grid: ScaleGrid, start: number, end: number): Promise<Int32Array<ArrayBuffer>> {
  const bytes = await readStored(grid.scales, ...rectangles(grid, start, end));
  return Int32Array.from(spread(grid, start, end, Float32Array.from(new Int8Array(bytes.buffer))));
}

async function scalesAt(grid: ScaleGrid, start: number, end: number): Promise<Float32Array> {
  const { scales } = grid;
  const bytes = await readStored(scales, ...rectangles(grid, start, end));
  // The exponent of a power of two; 255 is no number (OCP Microscaling Formats, 5.4.1).
  if (scales.dtype === 'U8' || scales.dtype === 'F8_E8M0') return Float32Array.from(bytes, (exponent) => (exponent === 255 ? NaN : 2 ** (exponent - 127)));
  return floats(scales.dtype as WeightDtype, bytes);
}

function rectangles({ rows }: ScaleGrid, start: number, end: number): [number, number] {
  return [Math.floor(start / rows), Math.ceil(end / rows)];
}

function spread({ rows, scales: { shape: [, across] } }: ScaleGrid, start: number, end: number, values: Float32Array): Float32Array<ArrayBuffer> {
  const first = Math.floor(start / rows);
  const out = new Float32Array((end - start) * across);
  for (let row = start; row < end; row++) {
    const from = (Math.floor(row / rows) - first) * across;
    out.set(values.subarray(from, from + across), (row - start) * across);
  }
  return out;
}
