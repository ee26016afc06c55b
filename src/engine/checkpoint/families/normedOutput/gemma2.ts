import type { ConfigFields } from '../../config/configFields';
import { rootOfWidth } from '../dense/gemma';
import type { ModelFamily } from '../description/family';
import { allButEach, SANDWICH_NORMS, windowsWhereSliding } from '../description/parts';

/** Gemma 2: norms before and after, soft caps of scores and logits; every other layer slides, the first one first. transformers: models/gemma2/configuration_gemma2.py */
export const gemma2: ModelFamily = {
  id: 'gemma2',
  name: 'Gemma 2',
  defaults: {
    vocab_size: 256_000, hidden_size: 2304, intermediate_size: 9216, num_hidden_layers: 26, num_attention_heads: 8, num_key_value_heads: 4, head_dim: 256,
    max_position_embeddings: 8192, rope_theta: 10_000, tie_word_embeddings: true, sliding_window: 4096, hidden_activation: 'gelu_pytorch_tanh',
    query_pre_attn_scalar: 256, attn_logit_softcapping: 50, final_logit_softcapping: 30,
  },
  norm: { plusOne: true },
  norms: SANDWICH_NORMS,
  embeddingScale: rootOfWidth,
  logits: cappedLogits,
  kinds: allButEach(2, 'sliding_attention', 'full_attention'),
  windows: windowsWhereSliding,
  attention: (config) => ({ scoreScale: scoreScale(config), scoreCap: config.positiveOrNull('attn_logit_softcapping') }),
};

export function scoreScale(config: ConfigFields): number {
  return config.positive('query_pre_attn_scalar') ** -0.5;
}

export function cappedLogits(config: ConfigFields) {
  return { cap: config.positiveOrNull('final_logit_softcapping') };
}
