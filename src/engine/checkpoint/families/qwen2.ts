import type { ConfigFields } from '../config/configFields';
import { everyLayer, switchedWindows, type ModelFamily } from './family';

/** Qwen 2 and 2.5, DeepSeek-R1 distills on Qwen: q, k and v have biases, the output projection none. transformers: models/qwen2/configuration_qwen2.py */
export const qwen2: ModelFamily = {
  id: 'qwen2',
  name: 'Qwen2',
  defaults: {
    vocab_size: 151_936, hidden_size: 4096, intermediate_size: 22_016, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32, head_dim: null,
    max_position_embeddings: 32_768, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: 4096, max_window_layers: 28,
  },
  qkNorm: false,
  attentionBias: () => true,
  ropeLayers: everyLayer,
  windows: windowsFromLayer,
};

/** The window slides in the layers from `max_window_layers` on. */
export function windowsFromLayer(config: ConfigFields, ropeLayers: readonly boolean[]): (number | null)[] {
  return switchedWindows(config, ropeLayers.length, (layer) => layer >= Number(config.get('max_window_layers')));
}
