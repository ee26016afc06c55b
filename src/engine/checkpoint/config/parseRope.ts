import { CheckpointError, UnsupportedCheckpointError } from '../../base/errors';
import type { ConfigFields } from './configFields';
import type { RopeConfig, RopeScaling } from './ropeConfig';

/** How a family spells the rotary embeddings of its sliding layers, where they are others than those of the rest. */
export interface LocalRope {
  /** Its base, where config.json has one entry for all layers. */
  readonly theta: (config: ConfigFields) => number;
}

/** What RoPE's parameters stand for in a family that means something else by them than others do. */
export type RopeMeaning = (rope: ConfigFields, config: ConfigFields, dHead: number) => Readonly<Record<string, unknown>>;

/** Types by other names: what early files call it, and three axes of which a text has one. */
const SAME_TYPE: Readonly<Record<string, string>> = { su: 'longrope', mrope: 'default' };

/**
 * Rotary embeddings of the layers of one kind.
 * Source: transformers' modeling_rope_utils.py and each family's modeling file.
 * @param local of sliding layers; null takes those of all layers
 * @throws CheckpointError for what the decoder does not have
 */
export function parseRope(config: ConfigFields, kind: string, dHead: number, local: LocalRope | null, meaning: RopeMeaning = () => ({})): RopeConfig {
  const written = ropeFields(config, kind, local);
  const rope = written.changed(meaning(written, config, dHead));
  const theta = rope.positive('rope_theta');
  const part = rope.positive('partial_rotary_factor', 1);
  const type = ropeType(rope);
  const nRotary = type === 'proportional' ? dHead : Math.floor(dHead * part);
  if (nRotary % 2 !== 0 || nRotary > dHead || nRotary === 0) throw new CheckpointError(`"${config.path}" turns ${nRotary} of ${dHead} coordinates of a head, but rotary embeddings need an even number; the checkpoint is damaged.`);
  const beta = rope.get('llama_4_scaling_beta') ?? null;
  return {
    theta, dHead, nRotary,
    scaling: type === 'proportional' ? { type, turned: Math.floor((part * dHead) / 2), factor: rope.positive('factor', 1) } : scalingOf(type, rope, config, nRotary),
    queryScale: beta === null ? null : { beta: rope.positive('llama_4_scaling_beta'), originalContext: rope.positive('original_max_position_embeddings') },
  };
}

/** `type` is the older spelling of `rope_type`. */
export function ropeType(rope: ConfigFields): string {
  const given = String(rope.get('rope_type') ?? rope.get('type') ?? 'default');
  return Object.hasOwn(SAME_TYPE, given) ? SAME_TYPE[given] : given;
}

/**
 * As transformers 5 has it: an entry for each kind of layers; else the older spelling goes before the newer one where a file has both, and the newer one's
 * base with it (`convert_rope_params_to_dict`). Families whose sliding layers have a base of their own know no newer spelling without kinds, and a scaling
 * of the older one is that of the other layers alone.
 */
function ropeFields(config: ConfigFields, kind: string, local: LocalRope | null): ConfigFields {
  const parameters = config.object('rope_parameters');
  const [byKind] = parameters?.keys().filter((key) => isObject(parameters.get(key))) ?? [];
  const own = parameters && byKind !== undefined ? parameters.object(kind) : null;
  if (byKind !== undefined && !own && !local) throw new UnsupportedCheckpointError(`"${config.path}" has RoPE parameters of their own for "${byKind}", which are not supported without some for "${kind}"; choose another checkpoint.`);
  const isLocal = local !== null && kind === 'sliding_attention';
  const scaling = isLocal ? null : config.object('rope_scaling');
  const shared = { rope_theta: isLocal ? local.theta(config) : config.get('rope_theta'), partial_rotary_factor: config.get('partial_rotary_factor') };
  const given = own ?? scaling ?? (local ? null : parameters) ?? config.with({});
  return given.withDefaults(Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== undefined && value !== null)));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws CheckpointError */
function scalingOf(type: string, rope: ConfigFields, config: ConfigFields, nRotary: number): RopeScaling {
  const context = config.natural('max_position_embeddings');
  const original = () => rope.positive('original_max_position_embeddings', context);
  const factorOr = (fallback: () => number) => (typeof rope.get('factor') === 'number' ? rope.positive('factor') : fallback());
  switch (type) {
    case 'default':
      return { type: 'none' };
    case 'linear':
      return { type, factor: rope.positive('factor') };
    case 'dynamic':
      return { type, factor: rope.positive('factor'), context };
    case 'llama3':
      return { type, factor: rope.positive('factor'), lowFreqFactor: rope.positive('low_freq_factor'), highFreqFactor: rope.positive('high_freq_factor'), originalContext: original() };
    case 'yarn': {
      const originalContext = original();
      const factor = factorOr(() => context / originalContext);
      return {
        type, factor, originalContext,
        betaFast: rope.positive('beta_fast', 32), betaSlow: rope.positive('beta_slow', 1), truncate: rope.get('truncate') !== false,
        amplitude: rope.positive('attention_factor', yarnAmplitude(factor, rope)),
      };
    }
    case 'longrope': {
      const originalContext = original();
      const factor = factorOr(() => context / originalContext);
      const amplitude = rope.positive('attention_factor', factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalContext)));
      return { type, originalContext, amplitude, short: rope.positives('short_factor', nRotary / 2), long: rope.positives('long_factor', nRotary / 2) };
    }
    default:
      throw new UnsupportedCheckpointError(`"${config.path}" uses RoPE scaling "${type}", which is not supported; "linear", "dynamic", "llama3", "yarn" and "longrope" are.`);
  }
}

/** What YaRN multiplies cos and sin with. */
function yarnAmplitude(factor: number, rope: ConfigFields): number {
  const of = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const [scale, allDims] = [rope.get('mscale'), rope.get('mscale_all_dim')];
  return scale && allDims ? of(rope.positive('mscale')) / of(rope.positive('mscale_all_dim')) : of(1);
}
