import type { ModelFamily } from '../description/family';
import { HEAD_NORM } from '../description/parts';
import { windowsFromLayer } from './qwen2';

/** Qwen 3, dense. transformers: models/qwen3/configuration_qwen3.py */
export const qwen3: ModelFamily = {
  id: 'qwen3',
  also: { qwen3_vl_text: { max_position_embeddings: 128_000, rope_theta: 500_000 } },
  multimodal: { qwen3_vl: 'qwen3_vl_text' },
  name: 'Qwen3',
  defaults: {
    vocab_size: 151_936, hidden_size: 4096, intermediate_size: 22_016, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32, head_dim: 128,
    max_position_embeddings: 32_768, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: 4096, max_window_layers: 28,
  },
  attention: () => ({ qkNorm: HEAD_NORM }),
  windows: windowsFromLayer,
};
