import type { ModelFamily } from '../description/family';
import { ALL_HEADS_NORM, allButEach, OUTPUT_NORMS, windowsWhereSliding } from '../description/parts';

/** OLMo 2: norms on the outputs alone, one norm of q and k over all heads. transformers: models/olmo2/configuration_olmo2.py */
export const olmo2: ModelFamily = {
  id: 'olmo2',
  name: 'OLMo 2',
  defaults: {
    vocab_size: 50_304, hidden_size: 4096, intermediate_size: 11_008, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: null, head_dim: null,
    max_position_embeddings: 2048, rope_theta: 10_000, tie_word_embeddings: false, rms_norm_eps: 1e-5,
  },
  norms: OUTPUT_NORMS,
  attention: (config) => ({ hasBias: { qkv: config.isOn('attention_bias'), o: config.isOn('attention_bias') }, qkNorm: ALL_HEADS_NORM }),
};

/** OLMo 3: three of four layers slide, whose RoPE is never scaled. transformers: models/olmo3/configuration_olmo3.py */
export const olmo3: ModelFamily = {
  ...olmo2,
  id: 'olmo3',
  name: 'OLMo 3',
  defaults: { ...olmo2.defaults, max_position_embeddings: 2048, rope_theta: 500_000, sliding_window: 4096 },
  kinds: allButEach(4, 'sliding_attention', 'full_attention'),
  windows: windowsWhereSliding,
  localRope: { theta: (config) => config.positive('rope_theta') },
};
