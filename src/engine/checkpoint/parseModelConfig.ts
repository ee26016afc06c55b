import { CheckpointError, UnsupportedCheckpointError } from '../base/errors';
import type { ConfigFields } from './config/configFields';
import type { AttentionMixer, LayerConfig, ModelConfig } from './config/modelConfig';
import { parseRope } from './config/parseRope';
import { ropeIn, type RopeConfig } from './config/ropeConfig';
import { decoderFields } from './decoderFields';
import type { LayerKind, ModelFamily } from './families/description/family';
import { LLAMA_NORMS, onlyDense, slidingWindow } from './families/description/parts';

/** No model is near it; lists of a number for each layer are made before a weight is looked at. */
const MOST_LAYERS = 10_000;
/** Of all layers together: each has names and shapes of its own, which are listed before a weight is looked at, too. */
const MOST_EXPERTS = 200_000;

/** As transformers 4 called some kinds of layers. */
const OTHER_KINDS: Readonly<Record<string, LayerKind>> = { mamba: 'linear_attention', attention: 'full_attention' };

const OUTPUT = { q: 'self_attn.q_proj', k: 'self_attn.k_proj', v: 'self_attn.v_proj', o: 'self_attn.o_proj' };

/**
 * Reads a parsed config.json.
 * @param path only for messages
 * @throws CheckpointError for an architecture or option that the decoder graph does not have.
 */
export function parseModelConfig(raw: unknown, path: string): ModelConfig {
  const { family, fields: config } = decoderFields(raw, path);
  refuseOptions(config, family);
  const nLayers = config.natural('num_hidden_layers');
  if (nLayers > MOST_LAYERS) throw config.damaged('num_hidden_layers', nLayers, `a number of ${MOST_LAYERS} at most`);
  const kinds = layerKinds(config, family, nLayers);
  const windows = family.windows?.(config, kinds);
  const turns = family.turns?.(config, kinds);
  const ropes: RopeConfig[] = [];
  const layers = kinds.map((kind, layer): LayerConfig => {
    const norms = family.norms ?? LLAMA_NORMS;
    const mlp = (family.mlp ?? onlyDense)(config, layer);
    const hasScalar = family.hasLayerScalar ?? false;
    if (kind === 'linear_attention' || kind === 'conv') {
      if (!family.otherMixer) throw new UnsupportedCheckpointError(`"${path}" has a layer of the kind "${kind}", which ${family.name} models are not supported with; choose another checkpoint.`);
      return { norms, mlp, hasScalar, mixer: family.otherMixer(config) };
    }
    const attention = attentionMixer(config, family, layer, kinds);
    const rope = turns?.[layer] === false ? null : ropeIn(ropes, parseRope(config, kind, attention.dHead, family.localRope ?? null, family.ropeMeaning));
    return { norms, mlp, hasScalar, mixer: { ...attention, window: windows?.[layer] ?? null, rope } };
  });
  const nExperts = layers.reduce((sum, { mlp }) => sum + (mlp.experts?.count ?? 0), 0);
  if (nExperts > MOST_EXPERTS) throw new CheckpointError(`"${path}" has ${nExperts} experts in its ${nLayers} layers where ${MOST_EXPERTS} at most are needed; the checkpoint is damaged.`);
  const logits = family.logits?.(config);
  return {
    family: family.id,
    dModel: config.natural('hidden_size'),
    nLayers,
    dVocab: config.natural('vocab_size'),
    contextLength: config.natural('max_position_embeddings'),
    norm: { kind: 'rms', plusOne: false, hasBias: false, ...family.norm, eps: config.positive(family.epsKey ?? 'rms_norm_eps', 1e-6) },
    embeddingScale: family.embeddingScale?.(config) ?? 1,
    residualScale: family.residualScale?.(config) ?? 1,
    logits: { scale: logits?.scale ?? 1, cap: logits?.cap ?? null },
    tiedEmbeddings: config.isOn('tie_word_embeddings'),
    finalNorm: family.finalNorm ?? 'model.norm',
    isParallel: family.isParallel ?? false,
    perLayerInput: family.perLayerInput?.(config) ?? null,
    ropes,
    ropeInterleaved: family.ropeInterleaved ?? false,
    layers,
  };
}

/** Options that would give other numbers without a word. @throws CheckpointError */
function refuseOptions(config: ConfigFields, family: ModelFamily): void {
  const refuse = (key: string) => {
    throw new UnsupportedCheckpointError(`"${config.path}" has ${key} = ${JSON.stringify(config.get(key))}, which ${family.name} models are not supported with; choose another checkpoint.`);
  };
  // "vision": between the tokens of an image.
  if (config.get('use_bidirectional_attention') && config.get('use_bidirectional_attention') !== 'vision') refuse('use_bidirectional_attention');
  if (config.get('attention_chunk_size')) refuse('attention_chunk_size');
  if (!family.windows && !family.ignoresWindow && slidingWindow(config) !== null) refuse('sliding_window');
  const byLayer = config.object('per_layer_config');
  if (byLayer?.keys().some((layer) => byLayer.object(layer)?.keys().some((key) => !family.layerKeys?.includes(key)))) refuse('per_layer_config');
}

/** @throws CheckpointError */
function layerKinds(config: ConfigFields, family: ModelFamily, nLayers: number): readonly LayerKind[] {
  const kinds = listedKinds(config, nLayers) ?? family.kinds?.(config, nLayers) ?? new Array<LayerKind>(nLayers).fill('full_attention');
  return family.lastKind ? [...kinds.slice(0, -1), family.lastKind] : kinds;
}

/** @throws CheckpointError */
function listedKinds(config: ConfigFields, nLayers: number): readonly LayerKind[] | null {
  const listed = config.get('layer_types') ?? null;
  if (listed === null) return null;
  if (!Array.isArray(listed) || listed.length < nLayers) throw config.damaged('layer_types', listed, `a kind for each of its ${nLayers} layers`);
  return listed.slice(0, nLayers).map((kind: unknown) => {
    const name = String(kind);
    const known = Object.hasOwn(OTHER_KINDS, name) ? OTHER_KINDS[name] : name;
    if (known !== 'full_attention' && known !== 'sliding_attention' && known !== 'linear_attention' && known !== 'conv') {
      throw new UnsupportedCheckpointError(`"${config.path}" has a layer of the kind "${name}", which is not supported; choose another checkpoint.`);
    }
    return known;
  });
}

/** @throws CheckpointError */
function attentionMixer(config: ConfigFields, family: ModelFamily, layer: number, kinds: readonly LayerKind[]): Omit<AttentionMixer, 'window' | 'rope'> {
  const given = family.attention?.(config, layer, kinds) ?? {};
  const nHeads = config.natural('num_attention_heads');
  const nKvHeads = given.nKvHeads ?? config.natural('num_key_value_heads', nHeads);
  const dHead = given.dHead ?? config.natural('head_dim', Math.floor(config.natural('hidden_size') / nHeads));
  if (nHeads % nKvHeads !== 0) {
    throw new CheckpointError(`"${config.path}" has ${nHeads} query heads on ${nKvHeads} key/value heads, which do not divide; the checkpoint is damaged.`);
  }
  if (dHead % 2 !== 0) throw new CheckpointError(`"${config.path}" has head_dim = ${dHead}, but rotary embeddings need an even one; the checkpoint is damaged.`);
  const hasBias = config.isOn('attention_bias');
  return {
    kind: 'attention', names: OUTPUT, nHeads, nKvHeads, dHead, scoreScale: 1 / Math.sqrt(dHead), scoreCap: null, hasBias: { qkv: hasBias, o: hasBias }, qkNorm: null, clip: null,
    isGated: false, hasSinks: false, valueNorm: false, valuesAreKeys: false, sharedWith: null, ...given,
  };
}
