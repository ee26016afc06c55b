import type { ConfigFields } from '../config/configFields';

/** Values by their keys in config.json. `head_dim`: null is `hidden_size / num_attention_heads`; `num_key_value_heads`: null is as many as there are query heads. */
export interface FamilyDefaults {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number | null;
  readonly head_dim: number | null;
  readonly max_position_embeddings: number;
  readonly rope_theta: number;
  readonly tie_word_embeddings: boolean;
  readonly sliding_window?: number | null;
  readonly max_window_layers?: number;
  readonly no_rope_layer_interval?: number;
}

/**
 * What tells a family of models from the decoder that all of them share (RMSNorm, RoPE, grouped-query attention, SwiGLU). A family is one file beside
 * this one, and a line in familyRegistry.ts.
 */
export interface ModelFamily {
  /** `model_type` in config.json. */
  readonly id: string;
  /** As people write it. */
  readonly name: string;
  /** What its transformers class takes for a key that a config.json leaves out; the family's file names the source. */
  readonly defaults: FamilyDefaults;
  /** RMSNorm of each head's q and k before RoPE. */
  readonly qkNorm: boolean;
  /** Whether q, k and v have biases. */
  readonly attentionBias: (config: ConfigFields) => boolean;
  /** Which layers turn q and k by their positions. @throws CheckpointError */
  readonly ropeLayers: (config: ConfigFields, nLayers: number) => boolean[];
  /** Sliding window of each layer: a row sees itself and `window - 1` positions before it; null sees all. */
  readonly windows: (config: ConfigFields, ropeLayers: readonly boolean[]) => (number | null)[];
}

export function everyLayer(_: ConfigFields, nLayers: number): boolean[] {
  return new Array<boolean>(nLayers).fill(true);
}

export function slidingWindow(config: ConfigFields): number | null {
  const window = config.get('sliding_window');
  return typeof window === 'number' && window > 0 ? window : null;
}

/**
 * Families in which the window must be switched on: it slides in the layers that are listed, else in those that the family lets slide.
 * @param slides by the family's own rule
 */
export function switchedWindows(config: ConfigFields, nLayers: number, slides: (layer: number) => boolean): (number | null)[] {
  const window = slidingWindow(config);
  const listed = config.get('layer_types');
  return Array.from({ length: nLayers }, (_, layer) => {
    if (window === null || !config.isOn('use_sliding_window')) return null;
    return (Array.isArray(listed) ? listed[layer] === 'sliding_attention' : slides(layer)) ? window : null;
  });
}
