import type { ConfigFields } from '../../config/configFields';
import type { ModelFamily } from '../description/family';

/** Granite 3: four numbers that scale embeddings, scores, outputs and logits. transformers: models/granite/configuration_granite.py */
export const granite: ModelFamily = {
  id: 'granite',
  name: 'Granite',
  defaults: {
    vocab_size: 32_000, hidden_size: 4096, intermediate_size: 11_008, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: null, head_dim: null,
    max_position_embeddings: 2048, rope_theta: 10_000, tie_word_embeddings: false, embedding_multiplier: 1, residual_multiplier: 1, attention_multiplier: 1, logits_scaling: 1,
  },
  embeddingScale: (config) => config.positive('embedding_multiplier'),
  residualScale: (config) => config.positive('residual_multiplier'),
  logits: (config) => ({ scale: 1 / config.positive('logits_scaling') }),
  attention: graniteScores,
};

export function graniteScores(config: ConfigFields) {
  return { scoreScale: config.positive('attention_multiplier') };
}
