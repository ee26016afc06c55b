import { CheckpointError, UnsupportedCheckpointError } from '../base/errors';
import { ConfigFields } from './config/configFields';
import type { ModelConfig } from './config/modelConfig';
import { parseRopeScaling } from './config/ropeScaling';
import type { ModelFamily } from './families/family';
import { FAMILY_CHOICE, familyOf } from './families/familyRegistry';

/** No model is near it; lists of a number for each layer are made before a weight is looked at. */
const MOST_LAYERS = 10_000;

/**
 * Reads a parsed config.json.
 * @param path only for messages
 * @throws CheckpointError for an architecture or option that the decoder graph does not have.
 */
export function parseModelConfig(raw: unknown, path: string): ModelConfig {
  const fields = ConfigFields.of(raw, path);
  const family = familyIn(fields);
  const config = fields.withDefaults({ ...family.defaults });
  const nHeads = config.natural('num_attention_heads');
  const nKvHeads = config.natural('num_key_value_heads', nHeads);
  const dModel = config.natural('hidden_size');
  const nLayers = config.natural('num_hidden_layers');
  if (nLayers > MOST_LAYERS) throw config.damaged('num_hidden_layers', nLayers, `a number of ${MOST_LAYERS} at most`);
  const dHead = config.natural('head_dim', Math.floor(dModel / nHeads));
  if (nHeads % nKvHeads !== 0) {
    throw new CheckpointError(`"${path}" has ${nHeads} query heads on ${nKvHeads} key/value heads, which do not divide; the checkpoint is damaged.`);
  }
  if (dHead % 2 !== 0) throw new CheckpointError(`"${path}" has head_dim = ${dHead}, but rotary embeddings need an even one; the checkpoint is damaged.`);
  const activation = config.get('hidden_act') ?? 'silu';
  if (activation !== 'silu' && activation !== 'swish') {
    throw new UnsupportedCheckpointError(`"${path}" uses the activation "${String(activation)}", but ${family.id} checkpoints are supported with "silu" only.`);
  }
  if (config.isOn('mlp_bias')) throw new UnsupportedCheckpointError(`"${path}" has mlp_bias = true, which is not supported; choose a checkpoint without MLP biases.`);
  const ropeLayers = family.ropeLayers(config, nLayers);
  const contextLength = config.natural('max_position_embeddings');
  const rope = ropeFields(config);
  return {
    family: family.id,
    dModel,
    dMlp: config.natural('intermediate_size'),
    dHead,
    nHeads,
    nKvHeads,
    nLayers,
    dVocab: config.natural('vocab_size'),
    contextLength,
    rmsNormEps: config.positive('rms_norm_eps', 1e-6),
    ropeTheta: ConfigFields.of({ rope_theta: config.get('rope_theta'), ...rope }, path).positive('rope_theta'),
    ropeScaling: parseRopeScaling(rope, contextLength, path),
    ropeInterleaved: false,
    tiedEmbeddings: config.isOn('tie_word_embeddings'),
    attentionBias: family.attentionBias(config),
    qkNorm: family.qkNorm,
    windows: family.windows(config, ropeLayers),
    ropeLayers,
  };
}

/** @throws CheckpointError */
function familyIn(config: ConfigFields): ModelFamily {
  const [modelType, architectures] = [config.get('model_type') ?? null, config.get('architectures')];
  const family = familyOf(modelType);
  if (family) return family;
  if (modelType !== null) throw new UnsupportedCheckpointError(`"${config.path}" is of architecture "${String(modelType)}", which is not supported; choose a ${FAMILY_CHOICE} checkpoint.`);
  const named = Array.isArray(architectures) && architectures.length > 0 ? ` (it names ${architectures.join(', ')})` : '';
  throw new CheckpointError(`"${config.path}" has no model_type${named}, which says how the weights are to be read; download config.json again, or add the line.`);
}

/**
 * As transformers 5 has it: the older spelling goes before the newer one where a file has both, and the newer one's base with it.
 * Source: `convert_rope_params_to_dict` in modeling_rope_utils.py.
 * @throws CheckpointError
 */
function ropeFields(config: ConfigFields): Readonly<Record<string, unknown>> {
  const filled = (key: string) => {
    const value = config.get(key) ?? null;
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) throw config.damaged(key, value, 'an object');
    return value !== null && Object.keys(value).length > 0 ? value as Record<string, unknown> : null;
  };
  const rope = filled('rope_scaling') ?? filled('rope_parameters') ?? {};
  const nested = Object.keys(rope).find((key) => typeof rope[key] === 'object' && rope[key] !== null && !Array.isArray(rope[key]));
  if (nested !== undefined) throw new UnsupportedCheckpointError(`"${config.path}" has RoPE parameters of their own for "${nested}", which are not supported; choose a checkpoint with one RoPE for all layers.`);
  return rope;
}
