import type { Tensor } from 'onnxruntime-node';
import { float32 } from '../runtime/sessionTensors';
import { CHUNK } from './chunkGraph';
import type { ColumnChunk } from './columnChunks';
import type { Recurrence, RecurrentColumns, RecurrentRows } from './recurrence';

/** What the steps of a pattern carry of the rows beyond a chunk, as `patternStepGraph` takes it. */
export interface CarriedRows {
  feeds(chunk: ColumnChunk): Record<string, Tensor>;
  /** After the step of a chunk. */
  advance(chunk: ColumnChunk, out: Readonly<Record<string, Tensor>>): void;
}

export function carriedRows(recurrence: Recurrence, columns: RecurrentColumns, rows: RecurrentRows): CarriedRows {
  return recurrence.rule === 'delta' ? new CarriedQueries(recurrence) : new CarriedDecays(recurrence, columns, rows);
}

/** The delta rule turns a row's query: it comes from step to step. */
class CarriedQueries implements CarriedRows {
  /** A row of zeros stands behind the rows that have entered: not every execution provider takes an empty tensor. */
  private beyond: Tensor;

  constructor({ nHeads, dKey }: Recurrence) {
    this.beyond = float32(new Float32Array(nHeads * dKey), [nHeads, 1, dKey]);
  }

  feeds(): Record<string, Tensor> {
    return { beyond: this.beyond };
  }

  advance(_: ColumnChunk, { carried }: Readonly<Record<string, Tensor>>): void {
    this.beyond = carried;
  }
}

/** Decays only shorten it: a number for each head and row. In fp64, and with each column's own from the chunk's end: no factor is above 1. */
class CarriedDecays implements CarriedRows {
  /** [nHeads, rows] */
  private readonly left: Float64Array;

  constructor(private readonly recurrence: Recurrence, private readonly columns: RecurrentColumns, private readonly rows: RecurrentRows) {
    this.left = new Float64Array(recurrence.nHeads * rows.positions.length);
  }

  feeds({ start, count, rows: { end } }: ColumnChunk): Record<string, Tensor> {
    const { nHeads, nKeyHeads, dKey } = this.recurrence;
    const { positions, q } = this.rows;
    const beyond = positions.length - end;
    const stays = new Float32Array(nHeads * CHUNK);
    const left = new Float32Array(nHeads * Math.max(1, beyond));
    for (let h = 0; h < nHeads; h++) {
      let sum = 0;
      for (let t = count - 1; t >= 0; t--) {
        const at = (start + t) * nHeads + h;
        stays[h * CHUNK + t] = Math.exp(sum) * this.columns.written[at];
        sum += this.columns.logDecay[at];
      }
      for (let i = 0; i < beyond; i++) left[h * beyond + i] = this.left[h * positions.length + end + i];
    }
    const width = nKeyHeads * dKey;
    return {
      // Not every execution provider takes an empty tensor.
      queries: beyond > 0 ? float32(q.subarray(end * width), [beyond, width]) : float32(new Float32Array(width), [1, width]),
      left: float32(left, [nHeads, Math.max(1, beyond)]),
      stays: float32(stays, [nHeads, CHUNK]),
    };
  }

  advance({ start, rows, fromStart }: ColumnChunk): void {
    const { nHeads } = this.recurrence;
    const { positions } = this.rows;
    for (let h = 0; h < nHeads; h++) {
      const through = fromStart[h * CHUNK + CHUNK - 1];
      for (let i = rows.end; i < positions.length; i++) this.left[h * positions.length + i] *= through;
      for (let i = rows.start; i < rows.end; i++) this.left[h * positions.length + i] = fromStart[h * CHUNK + positions[i] - start];
    }
  }
}
