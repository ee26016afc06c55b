import type { GgufArchitecture } from './architectures/architecture';
import type { GgufFields } from './architectures/ggufFields';

/** Numbers that RoPE's frequencies are divided by, no weights of the decoder: Llama 3's scaling, and longrope's for short and for long texts. */
export const ROPE_FREQS = 'rope_freqs.weight';
const [SHORT, LONG] = ['rope_factors_short.weight', 'rope_factors_long.weight'];
export const ROPE_FACTORS: readonly string[] = [ROPE_FREQS, SHORT, LONG];

/**
 * `rope_parameters` of config.json, with an entry for each kind of layers. Base, scaling and factors are as in llama.cpp's `load_hparams`; what a file says of YaRN
 * beyond it (its bounds, its amplitude) counts, as in the config.json that it was made from.
 * @param head size of a head, of global layers
 * @throws CheckpointError
 */
export function ropeParameters(fields: GgufFields, { scalesGlobalRopeOnly, ropeExtras }: GgufArchitecture, head: number): Readonly<Record<string, unknown>> {
  const base = fields.number('rope.freq_base') ?? 10_000;
  const part = (suffix: string, size: number) => rotaryPart(fields.number(`rope.dimension_count${suffix}`) ?? size, size);
  const scaled = { ...scaling(fields), ...ropeExtras };
  const turning = part('', head);
  const slidingHead = fields.number('attention.key_length_swa');
  const beta = fields.number('attention.temperature_scale');
  return {
    full_attention: { rope_theta: base, partial_rotary_factor: turning, ...scaled, ...(beta && { llama_4_scaling_beta: beta }) },
    sliding_attention: {
      // Gemma 3 files from before the key was written have its family's base.
      rope_theta: fields.number('rope.freq_base_swa') ?? (fields.architecture === 'gemma3' ? 10_000 : base),
      partial_rotary_factor: slidingHead === undefined ? turning : part('_swa', slidingHead),
      ...(scalesGlobalRopeOnly ? { rope_type: 'default' } : scaled),
    },
  };
}

/** A factor whose product with the head's size is this number when it is rounded down: 30 / 44 * 44 is less than 30 in fp64. */
function rotaryPart(count: number, size: number): number {
  return count === size ? 1 : (count + 0.5) / size;
}

function scaling(fields: GgufFields): Readonly<Record<string, unknown>> {
  const [short, long] = [fields.ropeFactors.get(SHORT), fields.ropeFactors.get(LONG)];
  const stated = fields.get('rope.scaling.type');
  const type = stated ?? 'linear'; // as in llama.cpp
  const factor = fields.number('rope.scaling.factor') ?? fields.number('rope.scale_linear') ?? 0;
  const context = { original_max_position_embeddings: fields.number('rope.scaling.original_context_length') };
  const allDimensions = fields.number('rope.scaling.yarn_log_multiplier');
  const yarn = {
    beta_fast: fields.number('rope.scaling.yarn_beta_fast'), beta_slow: fields.number('rope.scaling.yarn_beta_slow'), attention_factor: fields.number('rope.scaling.yarn_attn_factor'),
    ...(allDimensions && { mscale: 1, mscale_all_dim: allDimensions }),
  };
  if (short || long || type === 'longrope') {
    if (!short || !long) throw fields.damaged('rope.scaling.type', stated, `longrope with both of ${SHORT} and ${LONG}`);
    return { rope_type: 'longrope', short_factor: short, long_factor: long, attention_factor: fields.number('rope.scaling.attn_factor') ?? 1, ...context };
  }
  if (type === 'none' || (type === 'linear' && (factor === 0 || factor === 1))) return { rope_type: 'default', ...context };
  if (type === 'linear') return { rope_type: type, factor, ...context };
  if (type !== 'yarn') throw fields.unsupported('rope.scaling.type', type);
  return { rope_type: type, factor, ...context, ...yarn };
}
