import type { ConfigFields } from '../../config/configFields';
import { ropeType } from '../../config/parseRope';
import type { ModelFamily } from '../description/family';

/** Hunyuan, dense: norms of q and k after RoPE. transformers: models/hunyuan_v1_dense/configuration_hunyuan_v1_dense.py */
export const hunyuan: ModelFamily = {
  id: 'hunyuan_v1_dense',
  name: 'Hunyuan',
  defaults: {
    vocab_size: 290_943, hidden_size: 4096, intermediate_size: 11_008, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: null, head_dim: null,
    max_position_embeddings: 2048, rope_theta: 10_000, tie_word_embeddings: false, rms_norm_eps: 1e-5,
  },
  attention: () => ({ qkNorm: { q: 'self_attn.query_layernorm', k: 'self_attn.key_layernorm', over: 'head', isAfterRope: true } }),
  ropeMeaning: fixedAlpha,
};

/** What files call "dynamic" is a base that is stretched once, by `alpha`, and does not depend on the length. Source: transformers' modeling_hunyuan_v1_dense.py. */
function fixedAlpha(rope: ConfigFields, _: ConfigFields, dHead: number) {
  return ropeType(rope) === 'dynamic' && rope.get('alpha') ? { rope_type: 'default', rope_theta: rope.positive('rope_theta') * rope.positive('alpha') ** (dHead / (dHead - 2)) } : {};
}
