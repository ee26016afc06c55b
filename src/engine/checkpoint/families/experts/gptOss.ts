import type { ModelFamily } from '../description/family';
import { allButEach, expertsOf, windowsWhereSliding } from '../description/parts';

/** gpt-oss: sinks, biases everywhere, every other layer slides, the first one first. transformers: models/gpt_oss/configuration_gpt_oss.py */
export const gptOss: ModelFamily = {
  id: 'gpt_oss',
  name: 'gpt-oss',
  defaults: {
    vocab_size: 201_088, hidden_size: 2880, intermediate_size: 2880, num_hidden_layers: 36, num_attention_heads: 64, num_key_value_heads: 8, head_dim: 64,
    max_position_embeddings: 131_072, rope_theta: 150_000, tie_word_embeddings: false, sliding_window: 128, rms_norm_eps: 1e-5, attention_bias: true,
    rope_parameters: { rope_type: 'yarn', factor: 32, beta_fast: 32, beta_slow: 1, truncate: false, original_max_position_embeddings: 4096 },
    num_local_experts: 128, num_experts_per_tok: 4, swiglu_limit: 7, swiglu_alpha: 1.702,
  },
  otherKeys: { num_experts: 'num_local_experts' },
  kinds: allButEach(2, 'sliding_attention', 'full_attention'),
  windows: windowsWhereSliding,
  attention: (config) => ({ hasBias: { qkv: config.isOn('attention_bias'), o: config.isOn('attention_bias') }, hasSinks: true }),
  mlp: (config) => ({
    dense: null,
    experts: expertsOf(config, 'num_local_experts', {
      router: 'mlp.router', hasRouterBias: true, hasBias: true, activation: { limit: config.positive('swiglu_limit'), alpha: config.positive('swiglu_alpha') },
    }),
  }),
  // Gate and up are every other one; numbers lie input by input, MXFP4 output by output.
  split: [
    { from: 'mlp.experts.gate_up_proj', into: ['mlp.experts.*.gate_proj', 'mlp.experts.*.up_proj'], isInterleaved: true, isTransposed: 'unless quantised' },
    { from: 'mlp.experts.down_proj', into: ['mlp.experts.*.down_proj'], isTransposed: 'unless quantised' },
    { from: 'mlp.experts.gate_up_proj_bias', into: ['mlp.experts.*.gate_proj.bias', 'mlp.experts.*.up_proj.bias'], isInterleaved: true },
    { from: 'mlp.experts.down_proj_bias', into: ['mlp.experts.*.down_proj.bias'] },
  ],
};
