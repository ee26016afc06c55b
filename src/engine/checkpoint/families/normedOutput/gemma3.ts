import type { ModelFamily } from '../description/family';
import { HEAD_NORM, allButEach } from '../description/parts';
import { gemma2, scoreScale } from './gemma2';

/** Gemma 3: norms of q and k in place of the scores' cap; five of six layers slide, with a base of their own. transformers: models/gemma3/configuration_gemma3.py */
export const gemma3: ModelFamily = {
  ...gemma2,
  id: 'gemma3_text',
  multimodal: { gemma3: 'gemma3_text' },
  name: 'Gemma 3',
  defaults: {
    vocab_size: 262_208, hidden_size: 2304, intermediate_size: 9216, num_hidden_layers: 26, num_attention_heads: 8, num_key_value_heads: 4, head_dim: 256,
    max_position_embeddings: 131_072, rope_theta: 1_000_000, tie_word_embeddings: true, sliding_window: 4096, sliding_window_pattern: 6, hidden_activation: 'gelu_pytorch_tanh',
    query_pre_attn_scalar: 256, final_logit_softcapping: null, rope_local_base_freq: 10_000,
  },
  kinds: allButEach('sliding_window_pattern', 'sliding_attention', 'full_attention'),
  localRope: { theta: (config) => config.positive('rope_local_base_freq') },
  attention: (config) => ({ scoreScale: scoreScale(config), qkNorm: HEAD_NORM }),
};
