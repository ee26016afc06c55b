import type { ModelFamily } from '../description/family';
import { denseMlp, windowsEverywhere } from '../description/parts';

/** StarCoder 2: LayerNorm, biases everywhere, an MLP without a gate. transformers: models/starcoder2/configuration_starcoder2.py */
export const starcoder2: ModelFamily = {
  id: 'starcoder2',
  name: 'StarCoder2',
  defaults: {
    vocab_size: 49_152, hidden_size: 3072, intermediate_size: 12_288, num_hidden_layers: 30, num_attention_heads: 24, num_key_value_heads: 2, head_dim: null,
    max_position_embeddings: 4096, rope_theta: 10_000, tie_word_embeddings: true, sliding_window: null, hidden_act: 'gelu_pytorch_tanh', norm_epsilon: 1e-5, use_bias: true,
  },
  norm: { kind: 'layer', hasBias: true },
  epsKey: 'norm_epsilon',
  attention: (config) => ({ hasBias: { qkv: config.isOn('use_bias'), o: config.isOn('use_bias') } }),
  windows: windowsEverywhere,
  mlp: (config) => ({ dense: denseMlp(config, { names: { gate: null, up: 'mlp.c_fc', down: 'mlp.c_proj' }, hasBias: config.isOn('use_bias') }), experts: null }),
};
