import type { ModelFamily } from '../description/family';
import { slidingWindow, windowsEverywhere, windowsWhereSliding } from '../description/parts';

/** Mistral 7B, Nemo, Small: the window slides in every layer. transformers: models/mistral/configuration_mistral.py */
export const mistral: ModelFamily = {
  id: 'mistral',
  multimodal: { mistral3: 'mistral' },
  multimodalTied: true,
  name: 'Mistral',
  defaults: {
    vocab_size: 32_000, hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, head_dim: null,
    max_position_embeddings: 131_072, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: 4096,
  },
  attention: () => ({ hasBias: { qkv: false, o: false } }),
  windows: windowsEverywhere,
};

/** Ministral 8B: it slides in the layers that are listed. transformers: models/ministral/configuration_ministral.py */
export const ministral: ModelFamily = {
  ...mistral,
  id: 'ministral',
  multimodal: undefined,
  name: 'Ministral',
  kinds: (config, nLayers) => new Array(nLayers).fill(slidingWindow(config) === null ? 'full_attention' : 'sliding_attention'),
  windows: windowsWhereSliding,
};

/** Ministral 3: YaRN, and queries that grow with the position. transformers: models/ministral3/configuration_ministral3.py */
export const ministral3: ModelFamily = {
  ...mistral,
  id: 'ministral3',
  multimodal: { mistral3: 'ministral3' },
  name: 'Ministral 3',
  defaults: {
    vocab_size: 131_072, hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 34, num_attention_heads: 32, num_key_value_heads: 8, head_dim: 128,
    max_position_embeddings: 262_144, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: null, rms_norm_eps: 1e-5,
    rope_parameters: {
      type: 'yarn', rope_theta: 1_000_000, factor: 16, original_max_position_embeddings: 16_384,
      beta_fast: 32, beta_slow: 1, mscale_all_dim: 1, mscale: 1, llama_4_scaling_beta: 0.1,
    },
  },
};
