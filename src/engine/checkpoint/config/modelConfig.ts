/** Rotary position embedding, plain or scaled. */
export type RopeScaling =
  | { readonly type: 'none' }
  /** Each pair's frequency divided by a number of its own, [dHead / 2]. */
  | { readonly type: 'factors'; readonly factors: readonly number[] }
  | { readonly type: 'linear'; readonly factor: number }
  | { readonly type: 'llama3'; readonly factor: number; readonly lowFreqFactor: number; readonly highFreqFactor: number; readonly originalContext: number };

/** What the decoder graph needs to know of a checkpoint's config.json. */
export interface ModelConfig {
  /** `model_type` of a file in `families/`. */
  readonly family: string;
  readonly dModel: number;
  readonly dMlp: number;
  readonly dHead: number;
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly nLayers: number;
  readonly dVocab: number;
  readonly contextLength: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling;
  /** Whether RoPE turns neighbouring coordinates (2i, 2i + 1), and not (i, i + dHead / 2): the rows of q and k lie in that order then, which no product of them sees. */
  readonly ropeInterleaved: boolean;
  readonly tiedEmbeddings: boolean;
  /** q/k/v biases. */
  readonly attentionBias: boolean;
  /** RMSNorm of each head's q and k before RoPE. */
  readonly qkNorm: boolean;
  /** Sliding window of each layer: a row sees itself and `window - 1` positions before it; null sees all. */
  readonly windows: readonly (number | null)[];
  /** Which layers turn q and k by their positions; SmolLM3 leaves one in four without (NoPE). */
  readonly ropeLayers: readonly boolean[];
}

/** Weights that every token is multiplied with in the layers. */
export function layerWeights({ nLayers, nHeads, nKvHeads, dHead, dModel, dMlp }: ModelConfig): number {
  return nLayers * (2 * dModel * (nHeads + nKvHeads) * dHead + 3 * dModel * dMlp);
}

/** Name of the weight that logits are read with. */
export function outputEmbedding({ tiedEmbeddings }: ModelConfig): string {
  return tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
}
