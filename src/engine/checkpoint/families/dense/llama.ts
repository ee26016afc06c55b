import type { ModelFamily } from '../description/family';

/** Llama 1 to 3.3, SmolLM2, DeepSeek-R1 distills on Llama. transformers: models/llama/configuration_llama.py */
export const llama: ModelFamily = {
  id: 'llama',
  name: 'Llama',
  defaults: {
    vocab_size: 32_000, hidden_size: 4096, intermediate_size: 11_008, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: null, head_dim: null,
    max_position_embeddings: 2048, rope_theta: 10_000, tie_word_embeddings: false,
  },
  ignoresWindow: true,
};
