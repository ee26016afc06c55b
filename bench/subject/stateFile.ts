import { open, type FileHandle } from 'node:fs/promises';
import type { ModelConfig } from '../../src/engine/checkpoint/config/modelConfig';
import type { RowStore } from '../../src/engine/state/rowStore';
import { TraceState } from '../../src/engine/state/traceState';

/**
 * A run's trace state in a file, so that every measurement on it has a process of its own without a run of its own: row stores one after
 * the other, fp32. What is made from a state (logits, contributions, kept attention) and what a further run of recurrent layers starts from stay behind.
 */
export async function writeState(path: string, state: TraceState): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const store of stores(state)) {
      const { buffer, byteOffset, byteLength } = store.rows(0, store.length);
      await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
    }
  } finally {
    await file.close();
  }
}

/**
 * @param ids of the run
 * @param tapped first tapped row of the run
 * @param firstRow of the state that is wanted, `tapped` or later
 */
export async function readState(path: string, config: ModelConfig, ids: readonly number[], tapped: number, firstRow: number): Promise<TraceState> {
  const state = new TraceState(config, firstRow, ids.length);
  const file = await open(path);
  try {
    let at = 0;
    const cached = new Set(state.layers.flatMap(({ columns }) => Object.values(columns)));
    for (const store of stores(state)) {
      const first = cached.has(store) ? 0 : tapped;
      const wanted = cached.has(store) ? 0 : firstRow;
      await append(file, store, at + 4 * store.width * (wanted - first), ids.length - wanted);
      at += 4 * store.width * (ids.length - first);
    }
  } finally {
    await file.close();
  }
  for (const id of ids) state.ids.push(id);
  return state;
}

function stores({ layers, xFinal }: TraceState): RowStore[] {
  return [...layers.flatMap(({ columns, taps }) => [...Object.values(columns), ...Object.values(taps)]), xFinal];
}

/** Rows that are read at once: beyond the state itself, reading takes little memory. */
const ROWS = 512;

async function append(file: FileHandle, store: RowStore, offset: number, rows: number): Promise<void> {
  const block = new Float32Array(ROWS * store.width);
  for (let done = 0; done < rows; done += ROWS) {
    const count = Math.min(ROWS, rows - done);
    const bytes = 4 * store.width * count;
    const { bytesRead } = await file.read(new Uint8Array(block.buffer), 0, bytes, offset + 4 * store.width * done);
    if (bytesRead !== bytes) throw new Error(`The state file ends after ${offset + 4 * store.width * done + bytesRead} bytes; run the curve again.`);
    store.append(block.subarray(0, count * store.width));
  }
}
