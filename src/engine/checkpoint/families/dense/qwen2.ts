import type { ConfigFields } from '../../config/configFields';
import type { LayerKind, ModelFamily } from '../description/family';
import { switchedWindows } from '../description/parts';

const VISION = {
  vocab_size: 152_064, hidden_size: 8192, intermediate_size: 29_568, num_hidden_layers: 80, num_attention_heads: 64, num_key_value_heads: 8,
  rope_theta: 1_000_000, rms_norm_eps: 1e-5, max_window_layers: 80,
};

/** Qwen 2 and 2.5, QwQ, DeepSeek-R1 distills on Qwen: q, k and v have biases, the output projection none. transformers: models/qwen2/configuration_qwen2.py */
export const qwen2: ModelFamily = {
  id: 'qwen2',
  also: { qwen2_vl_text: VISION, qwen2_5_vl_text: VISION },
  multimodal: { qwen2_vl: 'qwen2_vl_text', qwen2_5_vl: 'qwen2_5_vl_text' },
  name: 'Qwen2',
  defaults: {
    vocab_size: 151_936, hidden_size: 4096, intermediate_size: 22_016, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32, head_dim: null,
    max_position_embeddings: 32_768, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: 4096, max_window_layers: 28,
  },
  attention: () => ({ hasBias: { qkv: true, o: false } }),
  windows: windowsFromLayer,
};

/** The window slides in the layers from `max_window_layers` on. */
export function windowsFromLayer(config: ConfigFields, kinds: readonly LayerKind[]): (number | null)[] {
  return switchedWindows(config, kinds, (layer) => layer >= Number(config.get('max_window_layers')));
}
