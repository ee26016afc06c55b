import { QWEN3_0_6B } from '../subject/randomCheckpoint';

/** Only rows of the vocabulary are read in a prefill: a small one saves a gigabyte of disk. */
const vocab_size = 8192;

/** Shapes of models that people run, with as many layers as two cores run in a minute. */
export const SHAPES = {
  'Gemma 3 1B, 6 of 26 layers': {
    model_type: 'gemma3_text', vocab_size, hidden_size: 1152, intermediate_size: 6912, num_hidden_layers: 6, num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256,
    query_pre_attn_scalar: 256, sliding_window: 512, max_position_embeddings: 32_768, rms_norm_eps: 1e-6,
  },
  'Phi-4-mini, 2 of 32 layers': {
    model_type: 'phi3', vocab_size, hidden_size: 3072, intermediate_size: 8192, num_hidden_layers: 2, num_attention_heads: 24, num_key_value_heads: 8, partial_rotary_factor: 0.75,
    max_position_embeddings: 131_072, original_max_position_embeddings: 4096, tie_word_embeddings: true, sliding_window: 262_144,
    rope_scaling: { type: 'longrope', short_factor: new Array<number>(48).fill(1), long_factor: new Array<number>(48).fill(8) },
  },
  'Qwen3-0.6B, 8 of 28 layers': { ...QWEN3_0_6B, vocab_size, num_hidden_layers: 8 },
} as const;

const SIX_LAYERS = { ...QWEN3_0_6B, vocab_size, num_hidden_layers: 6 };

/** A row goes through 8 experts of 384, as wide as the dense one together. */
export const EXPERTS = {
  dense: SIX_LAYERS,
  experts: { ...SIX_LAYERS, model_type: 'qwen3_moe', num_experts: 64, num_experts_per_tok: 8, moe_intermediate_size: 384, norm_topk_prob: true },
} as const;

/** The same layers with windows and without. */
export const WINDOWS = {
  sliding: { ...SHAPES['Gemma 3 1B, 6 of 26 layers'], num_hidden_layers: 3, layer_types: new Array<string>(3).fill('sliding_attention') },
  full: { ...SHAPES['Gemma 3 1B, 6 of 26 layers'], num_hidden_layers: 3, layer_types: new Array<string>(3).fill('full_attention') },
} as const;
