import type { ConfigFields } from '../config/configFields';
import { everyLayer, switchedWindows, type ModelFamily } from './family';

/** Qwen 2 and 2.5, DeepSeek-R1 distills on Qwen: q, k and v have biases, the output projection none. transformers: models/qwen2/configuration_qwen2.py */
export const qwen2: ModelFamily = {
  id: 'qwen2',
  name: 'Qwen2',
  qkNorm: false,
  attentionBias: () => true,
  ropeLayers: everyLayer,
  windows: windowsFromLayer,
};

/** The window slides in the layers from `max_window_layers` on. */
export function windowsFromLayer(config: ConfigFields, ropeLayers: readonly boolean[]): (number | null)[] {
  return switchedWindows(config, ropeLayers.length, (layer) => layer >= Number(config.get('max_window_layers') ?? 28));
}
