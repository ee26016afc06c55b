import type { GgufFields } from './ggufFields';

/**
 * What tells an architecture of llama.cpp from the others: how its metadata become the config.json of a family, and what its converter has made of the weights.
 * Names of tensors need no table: what llama.cpp calls a layer's part, `ModelConfig` says what transformers calls it (`layerNames.ts`).
 */
export interface GgufArchitecture {
  /** `general.architecture` */
  readonly id: string;
  /** `model_type` of the family's config.json. */
  readonly family: string | ((fields: GgufFields) => string);
  /** Fields of config.json beside those that every architecture has (`ggufConfig.ts`), or in their place. @throws CheckpointError */
  readonly config?: (fields: GgufFields) => Readonly<Record<string, unknown>>;
  /** Rows of q and k lie in the order of interleaved RoPE, where the family's do not (true) or do (false). */
  readonly ropeInterleaved?: (fields: GgufFields) => boolean;
  /** Norms are stored with the 1 added that the family adds. */
  readonly normsHoldOne?: boolean;
  /** What the norm before the MLP is called; `ffn_norm` without. */
  readonly normBeforeMlp?: 'ffn_norm' | 'post_attention_norm';
  /** What the last norm is called; `output_norm` without. */
  readonly finalNorm?: string;
  /** Scaling of RoPE is that of layers that see everything alone. */
  readonly scalesGlobalRopeOnly?: boolean;
  /** Fields of RoPE that no file says. */
  readonly ropeExtras?: Readonly<Record<string, unknown>>;
  /** Value heads that share a key head stand apart: all first ones, then all second ones. */
  readonly tilesValueHeads?: boolean;
}
