import type { ConfigFields } from '../config/configFields';

/**
 * What tells a family of models from the decoder that all of them share (RMSNorm, RoPE, grouped-query attention, SwiGLU). A family is one file beside
 * this one, and a line in familyRegistry.ts.
 */
export interface ModelFamily {
  /** `model_type` in config.json. */
  readonly id: string;
  /** As people write it. */
  readonly name: string;
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
