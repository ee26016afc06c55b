import type { Tensor } from 'onnxruntime-node';
import { float32, int64 } from '../runtime/sessionTensors';
import { CHUNK } from './chunkGraph';
import { columnsRead, type Recurrence, type RecurrentColumns, type RecurrentRows } from './recurrence';

export interface ColumnChunk {
  /** The first column. */
  readonly start: number;
  /** CHUNK, or what is left of it in the last one. */
  readonly count: number;
  /** Which of the rows lie in the chunk, half-open; those from `end` on lie beyond. */
  readonly rows: { readonly start: number; readonly end: number };
  /** Products of the decays from the chunk's first column to each, [nHeads, CHUNK]. */
  readonly fromStart: Float32Array;
  /** What `chunkOf` takes. */
  readonly feeds: Record<string, Tensor>;
}

/** The chunks of all columns that the rows read, from the last to the first. */
export function* chunksBackwards({ nHeads, nKeyHeads, dKey }: Recurrence, columns: RecurrentColumns, rows: RecurrentRows): Generator<ColumnChunk, void> {
  const width = nKeyHeads * dKey;
  const read = columnsRead(rows);
  let end = rows.positions.length;
  for (let start = CHUNK * Math.floor((read - 1) / CHUNK); start >= 0; start -= CHUNK) {
    let first = end;
    while (first > 0 && rows.positions[first - 1] >= start) first--;
    const count = Math.min(CHUNK, read - start);
    const part = (values: Float32Array, size: number) => float32(padded(values.subarray(start * size, (start + count) * size), CHUNK * size), [1, CHUNK, size]);
    const fromStart = decaysFromStart(columns.logDecay.subarray(start * nHeads, (start + count) * nHeads), nHeads);
    const feeds: Record<string, Tensor> = {
      k: part(columns.k, width),
      written: part(columns.written, nHeads),
      logDecay: part(columns.logDecay, nHeads),
      fromStart: float32(fromStart, [nHeads, CHUNK]),
    };
    if (first < end) {
      const places = rows.positions.slice(first, end).map((position) => position - start);
      const query = new Float32Array(CHUNK * width);
      places.forEach((place, i) => query.set(rows.q.subarray((first + i) * width, (first + i + 1) * width), place * width));
      feeds.query = float32(query, [1, CHUNK, width]);
      feeds.places = int64(places);
    }
    yield { start, count, rows: { start: first, end }, fromStart, feeds };
    end = first;
  }
}

/** Columns beyond the last one write nothing (0) and decay nothing (log 0): they leave the state as it is. */
function padded(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const out = new Float32Array(length);
  out.set(values);
  return out;
}

/** Summed in fp64: in fp32 a strong decay would leave no digits to the weak ones after it. */
function decaysFromStart(logDecay: Float32Array, nHeads: number): Float32Array {
  const out = new Float32Array(nHeads * CHUNK);
  const count = logDecay.length / nHeads;
  for (let h = 0; h < nHeads; h++) {
    let sum = 0;
    for (let t = 0; t < CHUNK; t++) {
      if (t < count) sum += logDecay[t * nHeads + h];
      out[h * CHUNK + t] = Math.exp(sum);
    }
  }
  return out;
}
