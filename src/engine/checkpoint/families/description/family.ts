import type { ConfigFields } from '../../config/configFields';
import type { AttentionMixer, LayerNorms, MlpConfig, Mixer, NormConfig } from '../../config/modelConfig';
import type { LocalRope, RopeMeaning } from '../../config/parseRope';
import type { SplitRule } from '../../weights/splitTensors';

/**
 * Values by their keys in config.json. `head_dim`: null is `hidden_size / num_attention_heads`; `num_key_value_heads`: null is as many as there are query heads;
 * `intermediate_size`: null where all rows of all layers go through experts.
 */
export interface FamilyDefaults {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number | null;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number | null;
  readonly head_dim: number | null;
  readonly max_position_embeddings: number;
  readonly rope_theta: number;
  readonly tie_word_embeddings: boolean;
  readonly [key: string]: unknown;
}

/** What layers are called in `layer_types`. */
export type LayerKind = 'full_attention' | 'sliding_attention' | 'linear_attention' | 'conv';

/** What an attention layer of a family has that Llama's does not. */
export type AttentionParts = Partial<Omit<AttentionMixer, 'kind' | 'window' | 'rope'>>;

/**
 * What tells a family of models from a Llama. A family is one file in a folder beside this one, and a line in familyRegistry.ts; what it leaves out is Llama's,
 * and costs it nothing.
 */
export interface ModelFamily {
  /** `model_type` in config.json. */
  readonly id: string;
  /** Further ones of the same decoder, text parts of multimodal checkpoints, each with what its class takes otherwise. */
  readonly also?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** `model_type` of multimodal checkpoints whose `text_config` is of this family, each with that of a `text_config` that does not say its own. */
  readonly multimodal?: Readonly<Record<string, string>>;
  /** Whether those tie the output to the input embedding where they do not say; as the family's own checkpoints without it. */
  readonly multimodalTied?: boolean;
  /** As people write it. */
  readonly name: string;
  /** What its transformers class takes for a key that a config.json leaves out; the family's file names the source. */
  readonly defaults: FamilyDefaults;
  /** Keys that mean another one: what older files have, or files of another version. */
  readonly otherKeys?: Readonly<Record<string, string>>;
  /** What a layer may have of its own in `per_layer_config`, which transformers 5 reads for every family; any other key is refused. */
  readonly layerKeys?: readonly string[];
  readonly norm?: Partial<Omit<NormConfig, 'eps'>>;
  /** Key of the norms' epsilon; `rms_norm_eps` without. */
  readonly epsKey?: string;
  /** Names of a layer's norms. */
  readonly norms?: LayerNorms;
  readonly finalNorm?: string;
  readonly isParallel?: boolean;
  readonly embeddingScale?: (config: ConfigFields) => number;
  readonly residualScale?: (config: ConfigFields) => number;
  readonly logits?: (config: ConfigFields) => { readonly scale?: number; readonly cap?: number | null };
  /** What each layer is, where config.json does not list it; every layer sees all without. @throws CheckpointError */
  readonly kinds?: (config: ConfigFields, nLayers: number) => readonly LayerKind[];
  /** What the last layer is, whatever config.json lists. */
  readonly lastKind?: LayerKind;
  /** Sliding window of each layer: a row sees itself and `window - 1` positions before it; null sees all. Without it none slides. */
  readonly windows?: (config: ConfigFields, kinds: readonly LayerKind[]) => readonly (number | null)[];
  /** Whether a `sliding_window` of a family without windows is known to mean nothing. */
  readonly ignoresWindow?: boolean;
  /** Which layers turn q and k by their positions; every one without it. @throws CheckpointError */
  readonly turns?: (config: ConfigFields, kinds: readonly LayerKind[]) => readonly boolean[];
  readonly localRope?: LocalRope;
  readonly ropeMeaning?: RopeMeaning;
  readonly ropeInterleaved?: boolean;
  readonly attention?: (config: ConfigFields, layer: number, kinds: readonly LayerKind[]) => AttentionParts;
  /** Of layers that are not attention. */
  readonly otherMixer?: (config: ConfigFields) => Mixer;
  readonly mlp?: (config: ConfigFields, layer: number) => MlpConfig;
  /** Gemma 4 */
  readonly perLayerInput?: (config: ConfigFields) => number | null;
  readonly hasLayerScalar?: boolean;
  /** Tensors that hold several weights. */
  readonly split?: readonly SplitRule[];
}
