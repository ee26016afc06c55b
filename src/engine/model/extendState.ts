import type { CallOptions } from '../../protocol/engine/engineApi';
import { breatheUnlessCancelled } from '../base/breathe';
import { stateBytes } from '../state/stateBytes';
import type { TraceState } from '../state/traceState';
import type { ModelRuntime } from './modelRuntime';
import { runFlops, timedExtend, TRIAL_ROWS } from './runSpeed';

/** Rows that are worth an estimate before they are run. */
const LONG_RUN = 512;

/**
 * Runs what is missing of `ids` on top of the state, in chunks of rows with a cancel check between them. A cancelled
 * run leaves a shorter, valid state.
 * @returns runs of the model
 * @throws CancelledError
 */
export async function extendState(model: ModelRuntime, state: TraceState, ids: readonly number[], { signal, onProgress }: CallOptions = {}): Promise<number> {
  let runs = 0;
  const { config } = model.checkpoint;
  while (state.length < ids.length) {
    const rest = ids.length - state.length;
    const { flopsPerSecond } = model;
    const left = flopsPerSecond !== null && { ms: (1000 * runFlops(config, state.length, rest)) / flopsPerSecond, bytes: stateBytes(config, ids.length, state.firstRow) };
    onProgress?.({ kind: 'phase', phase: 'prefill', done: state.length, total: ids.length, ...(left && { left }) });
    await breatheUnlessCancelled(signal);
    // A few rows first where nothing is known of the model's speed: the estimate is there at once.
    const rows = flopsPerSecond === null && rest > LONG_RUN ? TRIAL_ROWS : model.session.chunkRows(state.length);
    await timedExtend(model, state, ids.slice(state.length, state.length + rows));
    runs++;
  }
  return runs;
}
