import type { RopeConfig } from './ropeConfig';

/** What the decoder graph needs to know of a checkpoint's config.json; plain data. Names of weights are those of transformers without `model.layers.N.` before and `.weight` behind. */
export interface ModelConfig {
  /** `model_type` of a file in `families/`. */
  readonly family: string;
  readonly dModel: number;
  readonly nLayers: number;
  readonly dVocab: number;
  readonly contextLength: number;
  readonly norm: NormConfig;
  /** What the rows of the input embedding are multiplied with. */
  readonly embeddingScale: number;
  /** What the outputs of attention and MLP are multiplied with before they are added to the residual stream. */
  readonly residualScale: number;
  /** Of logits: `cap * tanh(scale * logits / cap)`. */
  readonly logits: { readonly scale: number; readonly cap: number | null };
  readonly tiedEmbeddings: boolean;
  /** Name of the norm before the logits, `model.` included. */
  readonly finalNorm: string;
  /** Attention and MLP read the same norm, and both are added to the stream at once. */
  readonly isParallel: boolean;
  /** Gemma 4: numbers that every layer is told of each token itself. */
  readonly perLayerInput: number | null;
  /** The rotary embeddings that layers have, by which layers name theirs. */
  readonly ropes: readonly RopeConfig[];
  /** Whether RoPE turns neighbouring coordinates (2i, 2i + 1), and not (i, i + nRotary / 2): the rows of q and k lie in that order then, which no product of them sees. */
  readonly ropeInterleaved: boolean;
  readonly layers: readonly LayerConfig[];
}

export interface NormConfig {
  /** RMSNorm, or LayerNorm, which takes the mean off. */
  readonly kind: 'rms' | 'layer';
  readonly eps: number;
  /** The weight of every norm but that of a recurrent layer is 1 + what is stored. */
  readonly plusOne: boolean;
  /** Whether norms have a bias. */
  readonly hasBias: boolean;
}

export interface LayerConfig {
  readonly norms: LayerNorms;
  readonly mixer: Mixer;
  readonly mlp: MlpConfig;
  /** Gemma 4: the layer's output is multiplied with a number of its own. */
  readonly hasScalar: boolean;
}

/** Names of a layer's norms; null where it has none. */
export interface LayerNorms {
  readonly mixerIn: string | null;
  /** On the output of attention, before it is added to the stream. */
  readonly mixerOut: string | null;
  readonly mlpIn: string | null;
  readonly mlpOut: string | null;
}

/** What mixes tokens in a layer. */
export type Mixer = AttentionMixer | DeltaMixer | MambaMixer | ConvolutionMixer;

export interface AttentionMixer {
  readonly kind: 'attention';
  readonly names: { readonly q: string; readonly k: string; readonly v: string; readonly o: string };
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly dHead: number;
  /** What products of queries and keys are multiplied with. */
  readonly scoreScale: number;
  /** `cap * tanh(score / cap)` before the mask. */
  readonly scoreCap: number | null;
  /** A row sees itself and `window - 1` positions before it; null sees all. */
  readonly window: number | null;
  /** Index in `ropes`; null does not turn q and k by their positions. */
  readonly rope: number | null;
  readonly hasBias: { readonly qkv: boolean; readonly o: boolean };
  /** Norms of q and k. */
  readonly qkNorm: { readonly q: string; readonly k: string; readonly over: 'head' | 'all heads'; readonly isAfterRope: boolean } | null;
  /** q and k, normed, and v are kept within plus and minus it. */
  readonly clip: number | null;
  /** The query projection gives a gate of the context beside each head's query. */
  readonly isGated: boolean;
  /** Every head has a score that takes its part of the softmax and gives nothing. */
  readonly hasSinks: boolean;
  /** RMSNorm of values, without a weight. */
  readonly valueNorm: boolean;
  /** Values are the keys' projection, before norm and RoPE. */
  readonly valuesAreKeys: boolean;
  /** The layer whose keys and values are read in place of own ones. */
  readonly sharedWith: number | null;
}

/** Gated delta rule (Qwen3-Next, Qwen3.5). */
export interface DeltaMixer {
  readonly kind: 'delta';
  /** Of values. */
  readonly nHeads: number;
  readonly nKeyHeads: number;
  readonly dKey: number;
  /** Of values. */
  readonly dHead: number;
  readonly kernel: number;
  /** Which projections are one product grouped by key head (`in_proj_qkvz`, `in_proj_ba`); the others lie apart. */
  readonly grouped: { readonly qkvz: boolean; readonly ba: boolean };
  readonly decayRate: DecayRate;
}

/** The weight that says how fast a head's state decays: `A_log`, whose rate is -exp of it, or `A`, which is the rate itself. */
export type DecayRate = 'A_log' | 'A';

/** Mamba-2 (Granite 4). */
export interface MambaMixer {
  readonly kind: 'mamba';
  readonly nHeads: number;
  readonly nGroups: number;
  readonly dState: number;
  readonly dHead: number;
  readonly kernel: number;
  readonly hasConvolutionBias: boolean;
  readonly hasProjectionBias: boolean;
  /** Bounds of the step. */
  readonly stepLimits: readonly [number, number];
  readonly decayRate: DecayRate;
}

/** Gated short convolution (LFM2): one head as wide as the model. */
export interface ConvolutionMixer {
  readonly kind: 'convolution';
  readonly nHeads: 1;
  readonly dHead: number;
  readonly kernel: number;
  readonly hasBias: boolean;
}

export type Activation = 'silu' | 'gelu-tanh';

export interface MlpConfig {
  /** What every row goes through. */
  readonly dense: DenseMlp | null;
  readonly experts: ExpertsConfig | null;
}

export interface DenseMlp {
  /** Without a gate it is `down(activation(up(x)))`, with one `down(activation(gate(x)) * up(x))`. */
  readonly names: { readonly gate: string | null; readonly up: string; readonly down: string };
  readonly size: number;
  readonly activation: Activation;
  readonly hasBias: boolean;
  /** The output is multiplied with the sigmoid of the row's product with this one. */
  readonly outputGate: string | null;
}

export interface ExpertsConfig {
  readonly count: number;
  /** How many of them a row goes through. */
  readonly active: number;
  readonly size: number;
  readonly activation: Activation | { readonly limit: number; readonly alpha: number };
  readonly router: string;
  readonly hasRouterBias: boolean;
  /** Whether the weights of a row's experts are made to sum to 1. */
  readonly isNormalised: boolean;
  /** `prefix.E.gate` and so on. */
  readonly prefix: string;
  readonly names: { readonly gate: string; readonly up: string; readonly down: string };
  readonly hasBias: boolean;
  /** Gemma 4: the router norms the stream itself, and the experts stand beside the dense MLP with norms of their own. */
  readonly beside: { readonly routerScale: string; readonly expertScale: string; readonly denseOut: string; readonly expertsIn: string; readonly expertsOut: string } | null;
}

/** Name of an expert's weight; `*` of that of any. */
export function expertName({ prefix, names }: ExpertsConfig, expert: number | '*', part: 'gate' | 'up' | 'down'): string {
  return `${prefix}.${expert}.${names[part]}`;
}

/** Whether a layer's values have a bias of their own. Values of another layer come with that layer's; no family has biases of keys that serve as values. */
export function hasValueBias(mixer: Mixer): mixer is AttentionMixer {
  return mixer.kind === 'attention' && mixer.hasBias.qkv && mixer.sharedWith === null && !mixer.valuesAreKeys;
}

/** Name of the weight through which a layer's mixed values reach the residual stream, [dModel, nHeads * dHead]. */
export function outputProjectionName(mixer: Mixer): string {
  switch (mixer.kind) {
    case 'attention': return mixer.names.o;
    case 'delta': return 'linear_attn.out_proj';
    case 'mamba': return 'mamba.out_proj';
    case 'convolution': return 'conv.out_proj';
  }
}

/** Rows that every layer reads of each token (Gemma 4). */
export const PER_LAYER_TABLE = 'model.embed_tokens_per_layer.weight';

/** Name of the weight that logits are read with. */
export function outputEmbedding({ tiedEmbeddings }: ModelConfig): string {
  return tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
}
