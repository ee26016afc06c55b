import { CheckpointError } from '../base/errors';
import { ConfigFields } from './config/configFields';
import type { ModelConfig } from './config/modelConfig';
import { parseRopeScaling } from './config/ropeScaling';
import { FAMILY_CHOICE, familyOf } from './families/familyRegistry';

/**
 * Reads a parsed config.json.
 * @param path only for messages
 * @throws CheckpointError for an architecture or option that the decoder graph does not have.
 */
export function parseModelConfig(raw: unknown, path: string): ModelConfig {
  const config = ConfigFields.of(raw, path);
  const family = familyOf(config.get('model_type'));
  if (!family) {
    const architectures = config.get('architectures');
    const found = config.get('model_type') ?? (Array.isArray(architectures) ? architectures[0] as unknown : undefined) ?? 'nothing';
    throw new CheckpointError(`"${path}" is of architecture "${String(found)}", which is not supported; choose a ${FAMILY_CHOICE} checkpoint.`);
  }
  const nHeads = config.natural('num_attention_heads');
  const nKvHeads = config.natural('num_key_value_heads', nHeads);
  const dModel = config.natural('hidden_size');
  const nLayers = config.natural('num_hidden_layers');
  const dHead = config.natural('head_dim', Math.floor(dModel / nHeads));
  if (nHeads % nKvHeads !== 0) {
    throw new CheckpointError(`"${path}" has ${nHeads} query heads on ${nKvHeads} key/value heads, which do not divide; the checkpoint is damaged.`);
  }
  if (dHead % 2 !== 0) throw new CheckpointError(`"${path}" has head_dim = ${dHead}, but rotary embeddings need an even one; the checkpoint is damaged.`);
  const activation = config.get('hidden_act') ?? 'silu';
  if (activation !== 'silu') {
    throw new CheckpointError(`"${path}" uses the activation "${String(activation)}", but ${family.id} checkpoints are supported with "silu" only.`);
  }
  if (config.isOn('mlp_bias')) throw new CheckpointError(`"${path}" has mlp_bias = true, which is not supported; choose a checkpoint without MLP biases.`);
  if (config.get('quantization_config') !== undefined) {
    throw new CheckpointError(`"${path}" describes quantised weights, which are not supported; choose the F32, F16 or BF16 version of this checkpoint.`);
  }
  const ropeLayers = family.ropeLayers(config, nLayers);
  const rope = (config.get('rope_parameters') ?? config.get('rope_scaling') ?? {}) as Record<string, unknown>;
  return {
    family: family.id,
    dModel,
    dMlp: config.natural('intermediate_size'),
    dHead,
    nHeads,
    nKvHeads,
    nLayers,
    dVocab: config.natural('vocab_size'),
    contextLength: config.natural('max_position_embeddings', 2048),
    rmsNormEps: config.positive('rms_norm_eps', 1e-6),
    ropeTheta: config.positive('rope_theta', rope.rope_theta ?? 10_000),
    ropeScaling: parseRopeScaling(rope, path),
    tiedEmbeddings: config.isOn('tie_word_embeddings'),
    attentionBias: family.attentionBias(config),
    qkNorm: family.qkNorm,
    windows: family.windows(config, ropeLayers),
    ropeLayers,
  };
}
