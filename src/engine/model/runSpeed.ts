import { layerWeights, type ModelConfig } from '../checkpoint/config/modelConfig';
import type { TraceState } from '../state/traceState';
import type { ModelRuntime } from './modelRuntime';

/** Rows of a run that says how fast the model is; fewer would say how fast it is at starting. */
export const TRIAL_ROWS = 32;

/**
 * Floating-point operations of `rows` new rows on top of `past`: two for each weight that is multiplied with, and the attention's
 * products over every column, the masked ones of its own chunk included.
 */
export function runFlops(config: ModelConfig, past: number, rows: number): number {
  return 2 * rows * layerWeights(config) + 4 * rows * (past + rows / 2) * config.nLayers * config.nHeads * config.dHead;
}

/** Runs rows and notes how fast that was. */
export async function timedExtend(model: ModelRuntime, state: TraceState, ids: readonly number[]): Promise<void> {
  const flops = runFlops(model.checkpoint.config, state.length, ids.length);
  const started = performance.now();
  await model.session.extend(state, ids);
  if (ids.length >= TRIAL_ROWS) model.flopsPerSecond = (1000 * flops) / (performance.now() - started);
}
