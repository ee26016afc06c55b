import { ropeType } from '../../config/parseRope';
import type { ModelFamily } from '../description/family';
import { windowsEverywhere } from '../description/parts';
import { GATE_UP } from './glm';

/** Phi-3, 3.5-mini, 4 and 4-mini. transformers: models/phi3/configuration_phi3.py */
export const phi3: ModelFamily = {
  id: 'phi3',
  name: 'Phi-3',
  defaults: {
    vocab_size: 32_064, hidden_size: 3072, intermediate_size: 8192, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: null, head_dim: null,
    max_position_embeddings: 4096, original_max_position_embeddings: 4096, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: null, rms_norm_eps: 1e-5,
  },
  windows: windowsEverywhere,
  // Early files call it YaRN; the context that it was trained with stands at the top.
  ropeMeaning: (rope, config) => ({ ...(ropeType(rope) === 'yarn' && { rope_type: 'longrope' }), original_max_position_embeddings: config.get('original_max_position_embeddings') }),
  split: [{ from: 'self_attn.qkv_proj', into: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'] }, GATE_UP],
};
