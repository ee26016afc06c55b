import type { TokenRange } from '../../concepts/ranges';
import { MASKED } from './graph/builder/attentionOperators';

/** Rows of a state, from `start` on, that do not see some of its columns. */
export interface HidingRows {
  /** The first row; columns before it are the state's. */
  readonly start: number;
  /** Columns that no row but their own sees. */
  readonly hidden: readonly TokenRange[];
}

/** Columns of a state that the rows of a run read: [first, end). */
export interface PastColumns {
  readonly first: number;
  readonly end: number;
}

/** Positions of the rows [start, end) of each, one after the other. */
export function positionsOf(runs: readonly HidingRows[], end: number): number[] {
  return runs.flatMap(({ start }) => Array.from({ length: end - start }, (_, i) => start + i));
}

/**
 * What is added to a mask so that each of `runs` is by itself over shared columns: it sees neither what is hidden from it, nor the state's columns from its own start on,
 * nor the rows of another; a row always sees itself. Causality and windows are the mask's own.
 * @param past what the layer is given of the state
 * @returns [rows, past + rows], rows as `positionsOf` has them
 */
export function hidingMask(runs: readonly HidingRows[], end: number, past: PastColumns): Float32Array {
  const nPast = past.end - past.first;
  const nRows = runs.reduce((sum, { start }) => sum + end - start, 0);
  const width = nPast + nRows;
  const mask = new Float32Array(nRows * width);
  let first = 0;
  for (const { start, hidden } of runs) {
    const rows = end - start;
    const own = nPast + first;
    const seen = new Float32Array(width).fill(MASKED);
    seen.fill(0, 0, start - past.first).fill(0, own, own + rows);
    for (const range of hidden) {
      const hide = (column: number, position: number, count: number) => seen.fill(MASKED, column + clamp(range.start - position, count), column + clamp(range.end - position, count));
      hide(0, past.first, start - past.first);
      hide(own, start, rows);
    }
    for (let row = 0; row < rows; row++) {
      mask.set(seen, (first + row) * width);
      mask[(first + row) * width + own + row] = 0;
    }
    first += rows;
  }
  return mask;
}

function clamp(position: number, count: number): number {
  return Math.max(0, Math.min(count, position));
}
