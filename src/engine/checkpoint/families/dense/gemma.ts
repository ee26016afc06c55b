import type { ConfigFields } from '../../config/configFields';
import type { ModelFamily } from '../description/family';
import { denseMlp } from '../description/parts';

/** Gemma 1: the first files say "gelu" and mean its tanh form. transformers: models/gemma/configuration_gemma.py */
export const gemma: ModelFamily = {
  id: 'gemma',
  name: 'Gemma',
  defaults: {
    vocab_size: 256_000, hidden_size: 3072, intermediate_size: 24_576, num_hidden_layers: 28, num_attention_heads: 16, num_key_value_heads: 16, head_dim: 256,
    max_position_embeddings: 8192, rope_theta: 10_000, tie_word_embeddings: true, hidden_act: 'gelu_pytorch_tanh',
  },
  norm: { plusOne: true },
  embeddingScale: rootOfWidth,
  mlp: (config) => ({ dense: denseMlp(config.changed({ hidden_activation: null, ...(config.get('hidden_act') === 'gelu' && { hidden_act: 'gelu_pytorch_tanh' }) })), experts: null }),
};

/** What all of Gemma multiply their input embeddings with. */
export function rootOfWidth(config: ConfigFields): number {
  return Math.sqrt(config.natural('hidden_size'));
}
