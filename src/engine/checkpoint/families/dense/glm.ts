import type { ModelFamily } from '../description/family';
import { LLAMA_NORMS } from '../description/parts';
import type { SplitRule } from '../../weights/splitTensors';

/** Gate and up in one product, gate first. */
export const GATE_UP: SplitRule = { from: 'mlp.gate_up_proj', into: ['mlp.gate_proj', 'mlp.up_proj'] };

/** GLM-4-9B (2024): half of each head turns, in neighbouring pairs. transformers: models/glm/configuration_glm.py */
export const glm: ModelFamily = {
  id: 'glm',
  name: 'GLM',
  defaults: {
    vocab_size: 151_552, hidden_size: 4096, intermediate_size: 13_696, num_hidden_layers: 40, num_attention_heads: 32, num_key_value_heads: 2, head_dim: 128,
    max_position_embeddings: 131_072, rope_theta: 10_000, partial_rotary_factor: 0.5, tie_word_embeddings: false, rms_norm_eps: 1.5625e-7, attention_bias: true,
  },
  ropeInterleaved: true,
  attention: (config) => ({ hasBias: { qkv: config.isOn('attention_bias'), o: false } }),
  split: [GATE_UP],
};

/** GLM-4-0414: norms on the outputs, too. transformers: models/glm4/configuration_glm4.py */
export const glm4: ModelFamily = {
  ...glm,
  id: 'glm4',
  name: 'GLM-4',
  norms: { ...LLAMA_NORMS, mixerOut: 'post_self_attn_layernorm', mlpOut: 'post_mlp_layernorm' },
};
