import type { ModelFamily } from '../description/family';
import { ALL_HEADS_NORM, expertsOf } from '../description/parts';

/** OLMoE. transformers: models/olmoe/configuration_olmoe.py */
export const olmoe: ModelFamily = {
  id: 'olmoe',
  name: 'OLMoE',
  defaults: {
    vocab_size: 50_304, hidden_size: 2048, intermediate_size: 2048, num_hidden_layers: 16, num_attention_heads: 16, num_key_value_heads: null, head_dim: null,
    max_position_embeddings: 4096, rope_theta: 10_000, tie_word_embeddings: false, rms_norm_eps: 1e-5, num_experts: 64, num_experts_per_tok: 8, norm_topk_prob: false, clip_qkv: null,
  },
  otherKeys: { num_local_experts: 'num_experts' },
  attention: (config) => ({ hasBias: { qkv: config.isOn('attention_bias'), o: config.isOn('attention_bias') }, qkNorm: ALL_HEADS_NORM, clip: config.positiveOrNull('clip_qkv') }),
  mlp: (config) => ({ dense: null, experts: expertsOf(config, 'num_experts', { isNormalised: config.isOn('norm_topk_prob') }) }),
};
