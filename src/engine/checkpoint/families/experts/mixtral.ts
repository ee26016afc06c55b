import type { ModelFamily } from '../description/family';
import { expertsOf, windowsEverywhere } from '../description/parts';

/** Mixtral 8x7B and 8x22B. transformers: models/mixtral/configuration_mixtral.py */
export const mixtral: ModelFamily = {
  id: 'mixtral',
  name: 'Mixtral',
  defaults: {
    vocab_size: 32_000, hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, head_dim: null,
    max_position_embeddings: 131_072, rope_theta: 1_000_000, tie_word_embeddings: false, sliding_window: null, rms_norm_eps: 1e-5, num_local_experts: 8, num_experts_per_tok: 2,
  },
  otherKeys: { num_experts: 'num_local_experts' },
  attention: () => ({ hasBias: { qkv: false, o: false } }),
  windows: windowsEverywhere,
  mlp: (config) => ({
    dense: null,
    experts: expertsOf(config, 'num_local_experts', { router: 'block_sparse_moe.gate', prefix: 'block_sparse_moe.experts', names: { gate: 'w1', up: 'w3', down: 'w2' } }),
  }),
};
