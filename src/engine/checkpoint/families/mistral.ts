import { everyLayer, slidingWindow, type ModelFamily } from './family';

/** Mistral 7B and its kin: the window slides in every layer. transformers: models/mistral/configuration_mistral.py */
export const mistral: ModelFamily = {
  id: 'mistral',
  name: 'Mistral',
  defaults: {
    vocab_size: 32_000, hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, head_dim: null,
    max_position_embeddings: 131_072, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: 4096,
  },
  qkNorm: false,
  attentionBias: () => false,
  ropeLayers: everyLayer,
  windows: (config, ropeLayers) => ropeLayers.map(() => slidingWindow(config)),
};
