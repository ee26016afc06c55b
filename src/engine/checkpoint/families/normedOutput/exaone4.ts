import type { ModelFamily } from '../description/family';
import { allButEach, HEAD_NORM, OUTPUT_NORMS, slidingWindow, windowsWhereSliding } from '../description/parts';

/** EXAONE 4: norms on the outputs; where layers slide, the global ones have no RoPE. transformers: models/exaone4/configuration_exaone4.py */
export const exaone4: ModelFamily = {
  id: 'exaone4',
  name: 'EXAONE 4',
  defaults: {
    vocab_size: 102_400, hidden_size: 4096, intermediate_size: 16_384, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32, head_dim: null,
    max_position_embeddings: 2048, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: 4096, sliding_window_pattern: 4, rms_norm_eps: 1e-5,
  },
  norms: OUTPUT_NORMS,
  kinds: (config, nLayers) => allButEach(config.get('sliding_window_pattern') ? 'sliding_window_pattern' : 1, 'sliding_attention', 'full_attention')(config, nLayers),
  turns: (config, kinds) => kinds.map((kind) => slidingWindow(config) === null || kind === 'sliding_attention'),
  windows: windowsWhereSliding,
  attention: () => ({ hasBias: { qkv: false, o: false }, qkNorm: HEAD_NORM }),
};
