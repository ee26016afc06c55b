import type { ModelFamily } from '../description/family';

/** Seed-OSS: a bias of q, k and v, and one of the output by itself. transformers: models/seed_oss/configuration_seed_oss.py */
export const seedOss: ModelFamily = {
  id: 'seed_oss',
  name: 'Seed-OSS',
  defaults: {
    vocab_size: 155_136, hidden_size: 4096, intermediate_size: 27_648, num_hidden_layers: 64, num_attention_heads: 80, num_key_value_heads: 8, head_dim: 128,
    max_position_embeddings: 524_288, rope_theta: 10_000, tie_word_embeddings: false, attention_bias: true, attention_out_bias: false,
  },
  attention: (config) => ({ hasBias: { qkv: config.isOn('attention_bias'), o: config.isOn('attention_out_bias') } }),
};
