import { layerWeights } from '../checkpoint/config/countWeights';
import type { ModelConfig } from '../checkpoint/config/modelConfig';
import type { TraceState } from '../state/traceState';
import type { ModelRuntime } from './modelRuntime';

/** Rows of a run that says how fast the model is; fewer would say how fast it is at starting. */
export const TRIAL_ROWS = 32;

/**
 * Floating-point operations of `rows` new rows on top of `past`: two for each weight that is multiplied with, and the attention's
 * products over every column, the masked ones of its own chunk included; of layers with a window what lies within, of recurrent ones their state.
 */
export function runFlops(config: ModelConfig, past: number, rows: number): number {
  const products = config.layers.reduce((sum, { mixer }) => {
    if (mixer.kind !== 'attention') return sum + (mixer.kind === 'convolution' ? 0 : 3 * mixer.nHeads * mixer.dHead * (mixer.kind === 'delta' ? mixer.dKey : mixer.dState));
    const seen = mixer.window === null ? past + rows / 2 : Math.min(past + rows / 2, mixer.window + rows / 2);
    return sum + 2 * seen * mixer.nHeads * mixer.dHead;
  }, 0);
  return 2 * rows * (layerWeights(config) + products);
}

/** Runs rows and notes how fast that was. */
export async function timedExtend(model: ModelRuntime, state: TraceState, ids: readonly number[]): Promise<void> {
  const flops = runFlops(model.checkpoint.config, state.length, ids.length);
  const started = performance.now();
  await model.session.extend(state, ids);
  if (ids.length >= TRIAL_ROWS) model.flopsPerSecond = (1000 * flops) / (performance.now() - started);
}
