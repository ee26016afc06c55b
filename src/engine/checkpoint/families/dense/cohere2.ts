import type { ModelFamily } from '../description/family';
import { allButEach, windowsWhereSliding } from '../description/parts';

/** Cohere 2 (Command R7B, A): attention and MLP side by side, RoPE in the sliding layers only. transformers: models/cohere2/configuration_cohere2.py */
export const cohere2: ModelFamily = {
  id: 'cohere2',
  name: 'Cohere 2',
  defaults: {
    vocab_size: 256_000, hidden_size: 8192, intermediate_size: 22_528, num_hidden_layers: 40, num_attention_heads: 64, num_key_value_heads: null, head_dim: null,
    max_position_embeddings: 8192, rope_theta: 10_000, tie_word_embeddings: true, sliding_window: 4096, sliding_window_pattern: 4, layer_norm_eps: 1e-5, logit_scale: 0.0625,
  },
  norm: { kind: 'layer' },
  epsKey: 'layer_norm_eps',
  norms: { mixerIn: 'input_layernorm', mixerOut: null, mlpIn: null, mlpOut: null },
  isParallel: true,
  ropeInterleaved: true,
  logits: (config) => ({ scale: config.positive('logit_scale') }),
  kinds: allButEach('sliding_window_pattern', 'sliding_attention', 'full_attention'),
  turns: (_, kinds) => kinds.map((kind) => kind === 'sliding_attention'),
  windows: windowsWhereSliding,
};
