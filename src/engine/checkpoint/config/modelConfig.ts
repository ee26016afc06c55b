import { CheckpointError } from '../../base/errors';

/** Rotary position embedding, plain or scaled. */
export type RopeScaling =
  | { readonly type: 'none' }
  | { readonly type: 'linear'; readonly factor: number }
  | { readonly type: 'llama3'; readonly factor: number; readonly lowFreqFactor: number; readonly highFreqFactor: number; readonly originalContext: number };

export type Family = 'llama' | 'mistral' | 'qwen2' | 'qwen3' | 'smollm3';

/** What the decoder graph needs to know of a checkpoint's config.json. */
export interface ModelConfig {
  readonly family: Family;
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

const FAMILIES: Readonly<Record<string, Family>> = { llama: 'llama', mistral: 'mistral', qwen2: 'qwen2', qwen3: 'qwen3', smollm3: 'smollm3' };

/** Fields as transformers writes them (both its 4.x and 5.x spellings). */
type RawConfig = Record<string, unknown>;

/**
 * Reads a parsed config.json.
 * @param path only for messages
 * @throws CheckpointError for an architecture or option that the decoder graph does not have.
 */
export function parseModelConfig(raw: unknown, path: string): ModelConfig {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new CheckpointError(`"${path}" does not hold a JSON object; choose a Hugging Face checkpoint folder.`);
  }
  const config = raw as RawConfig;
  const family = familyOf(config, path);
  const natural = (key: string, fallback?: number): number => {
    const value = config[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
      throw new CheckpointError(`"${path}" has ${key} = ${JSON.stringify(config[key])} where a positive whole number is needed; the checkpoint is incomplete or damaged.`);
    }
    return value;
  };
  const positive = (value: unknown, key: string): number => {
    if (typeof value !== 'number' || !(value > 0)) {
      throw new CheckpointError(`"${path}" has ${key} = ${JSON.stringify(value)} where a positive number is needed; the checkpoint is incomplete or damaged.`);
    }
    return value;
  };
  const nHeads = natural('num_attention_heads');
  const nKvHeads = natural('num_key_value_heads', nHeads);
  const dModel = natural('hidden_size');
  const nLayers = natural('num_hidden_layers');
  const dHead = natural('head_dim', Math.floor(dModel / nHeads));
  if (nHeads % nKvHeads !== 0) {
    throw new CheckpointError(`"${path}" has ${nHeads} query heads on ${nKvHeads} key/value heads, which do not divide; the checkpoint is damaged.`);
  }
  if (dHead % 2 !== 0) throw new CheckpointError(`"${path}" has head_dim = ${dHead}, but rotary embeddings need an even one; the checkpoint is damaged.`);
  const activation = config.hidden_act ?? 'silu';
  if (activation !== 'silu') {
    throw new CheckpointError(`"${path}" uses the activation "${String(activation)}", but ${family} checkpoints are supported with "silu" only.`);
  }
  if (config.mlp_bias === true) throw new CheckpointError(`"${path}" has mlp_bias = true, which is not supported; choose a checkpoint without MLP biases.`);
  if (config.quantization_config !== undefined) {
    throw new CheckpointError(`"${path}" describes quantised weights, which are not supported; choose the F32, F16 or BF16 version of this checkpoint.`);
  }
  const ropeLayers = parseRopeLayers(config, family, nLayers, path);
  const rope = (config.rope_parameters ?? config.rope_scaling ?? {}) as RawConfig;
  return {
    family,
    dModel,
    dMlp: natural('intermediate_size'),
    dHead,
    nHeads,
    nKvHeads,
    nLayers,
    dVocab: natural('vocab_size'),
    contextLength: natural('max_position_embeddings', 2048),
    rmsNormEps: positive(config.rms_norm_eps ?? 1e-6, 'rms_norm_eps'),
    ropeTheta: positive(config.rope_theta ?? rope.rope_theta ?? 10_000, 'rope_theta'),
    ropeScaling: parseRopeScaling(rope, path),
    tiedEmbeddings: config.tie_word_embeddings === true,
    attentionBias: family === 'qwen2' || (family !== 'mistral' && config.attention_bias === true),
    qkNorm: family === 'qwen3',
    windows: parseWindows(config, family, ropeLayers),
    ropeLayers,
  };
}

function familyOf(config: RawConfig, path: string): Family {
  const family = FAMILIES[String(config.model_type)];
  if (!family) {
    const found = config.model_type ?? (Array.isArray(config.architectures) ? config.architectures[0] : undefined) ?? 'nothing';
    throw new CheckpointError(`"${path}" is of architecture "${String(found)}", which is not supported; choose a Llama, Mistral, Qwen2, Qwen3 or SmolLM3 checkpoint.`);
  }
  return family;
}

function parseRopeScaling(rope: RawConfig, path: string): RopeScaling {
  // `type` is the older spelling of `rope_type`.
  const type = rope.rope_type ?? rope.type ?? 'default';
  const field = (key: string): number => {
    const value = rope[key];
    if (typeof value !== 'number' || !(value > 0)) {
      throw new CheckpointError(`"${path}" has RoPE scaling "${String(type)}" with ${key} = ${JSON.stringify(value)} where a positive number is needed; the checkpoint is damaged.`);
    }
    return value;
  };
  switch (type) {
    case 'default':
      return { type: 'none' };
    case 'linear':
      return { type: 'linear', factor: field('factor') };
    case 'llama3':
      return {
        type: 'llama3',
        factor: field('factor'),
        lowFreqFactor: field('low_freq_factor'),
        highFreqFactor: field('high_freq_factor'),
        originalContext: field('original_max_position_embeddings'),
      };
    default:
      throw new CheckpointError(`"${path}" uses RoPE scaling "${String(type)}", which is not supported; "linear" and "llama3" are.`);
  }
}

/** SmolLM3 lists a 1 for every layer with RoPE, 0 for one without; a configuration without the list leaves out every n-th layer. */
function parseRopeLayers(config: RawConfig, family: Family, nLayers: number, path: string): boolean[] {
  if (family !== 'smollm3') return new Array<boolean>(nLayers).fill(true);
  const { no_rope_layers: listed, no_rope_layer_interval: interval = 4 } = config;
  if (listed === undefined || listed === null) {
    if (!Number.isSafeInteger(interval) || Number(interval) < 1) {
      throw new CheckpointError(`"${path}" has no_rope_layer_interval = ${JSON.stringify(interval)} where a positive whole number is needed; the checkpoint is damaged.`);
    }
    return Array.from({ length: nLayers }, (_, layer) => (layer + 1) % Number(interval) !== 0);
  }
  if (!Array.isArray(listed) || listed.length < nLayers || !listed.every((uses) => uses === 0 || uses === 1)) {
    throw new CheckpointError(`"${path}" has no_rope_layers = ${JSON.stringify(listed)} where a 1 or 0 for each of its ${nLayers} layers is needed; the checkpoint is damaged.`);
  }
  return listed.slice(0, nLayers).map((uses) => uses === 1);
}

/**
 * Mistral slides in every layer; the others, when it is switched on at all, in the layers that are listed, else Qwen in those from
 * `max_window_layers` on and SmolLM3 in those without RoPE.
 */
function parseWindows(config: RawConfig, family: Family, ropeLayers: readonly boolean[]): (number | null)[] {
  const window = typeof config.sliding_window === 'number' && config.sliding_window > 0 ? config.sliding_window : null;
  const types = Array.isArray(config.layer_types) ? (config.layer_types as unknown[]) : null;
  return ropeLayers.map((usesRope, layer) => {
    if (window === null || family === 'llama') return null;
    if (family === 'mistral') return window;
    if (config.use_sliding_window !== true) return null;
    if (types) return types[layer] === 'sliding_attention' ? window : null;
    const slides = family === 'smollm3' ? !usesRope : layer >= Number(config.max_window_layers ?? 28);
    return slides ? window : null;
  });
}

/**
 * Angles per position of each pair of coordinates, [dHead / 2].
 * Llama 3's scaling leaves short wavelengths, divides long ones by `factor` and blends in between.
 */
export function ropeInverseFrequencies(config: ModelConfig): Float64Array {
  const half = config.dHead / 2;
  const scaling = config.ropeScaling;
  return Float64Array.from({ length: half }, (_, i) => {
    const frequency = config.ropeTheta ** (-(2 * i) / config.dHead);
    if (scaling.type === 'linear') return frequency / scaling.factor;
    if (scaling.type !== 'llama3') return frequency;
    const wavelength = (2 * Math.PI) / frequency;
    const { factor, lowFreqFactor, highFreqFactor, originalContext } = scaling;
    if (wavelength > originalContext / lowFreqFactor) return frequency / factor;
    if (wavelength < originalContext / highFreqFactor) return frequency;
    const smooth = (originalContext / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  });
}

/** Weights that every token is multiplied with in the layers. */
export function layerWeights({ nLayers, nHeads, nKvHeads, dHead, dModel, dMlp }: ModelConfig): number {
  return nLayers * (2 * dModel * (nHeads + nKvHeads) * dHead + 3 * dModel * dMlp);
}

/** Name of the weight that logits are read with. */
export function outputEmbedding({ tiedEmbeddings }: ModelConfig): string {
  return tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
}
