import { CheckpointError, UnsupportedCheckpointError } from '../../base/errors';
import type { LayerConfig, MlpConfig, Mixer, ModelConfig } from '../config/modelConfig';
import { ropeIn, type RopeConfig } from '../config/ropeConfig';
import type { GgufArchitecture } from './architectures/architecture';
import type { GgufFields } from './architectures/ggufFields';
import { ROPE_FREQS } from './ggufRope';

/**
 * A family's configuration, changed to what llama.cpp's converter has made of the weights, and to what only their tensors tell: which layers have biases, how wide
 * an MLP is, which products stand apart.
 * @throws CheckpointError
 */
export function storedConfig(config: ModelConfig, fields: GgufFields, architecture: GgufArchitecture): ModelConfig {
  const ropes: RopeConfig[] = [];
  const layers = config.layers.map((layer, l): LayerConfig => {
    const has = (name: string) => fields.has(l, name);
    const width = (name: string) => fields.shapes.get(`blk.${l}.${name}.weight`)?.at(-1);
    const mixer = storedMixer(layer.mixer, has);
    return {
      ...layer,
      mixer: mixer.kind === 'attention' && mixer.rope !== null ? { ...mixer, rope: ropeIn(ropes, storedRope(config.ropes[mixer.rope], mixer.window === null, fields, architecture)) } : mixer,
      mlp: storedMlp(layer.mlp, has, width),
    };
  });
  return {
    ...config,
    norm: { ...config.norm, plusOne: config.norm.plusOne && architecture.normsHoldOne !== true },
    ropeInterleaved: architecture.ropeInterleaved?.(fields) ?? config.ropeInterleaved,
    ropes,
    layers,
  };
}

function storedMixer(mixer: Mixer, has: (name: string) => boolean): Mixer {
  switch (mixer.kind) {
    case 'attention': return { ...mixer, hasBias: { qkv: has('attn_q.bias') || has('attn_qkv.bias'), o: has('attn_output.bias') } };
    case 'delta': return { ...mixer, grouped: { qkvz: has('ssm_in.weight'), ba: has('ssm_ba.weight') }, decayRate: 'A' };
    case 'mamba': return { ...mixer, hasConvolutionBias: has('ssm_conv1d.bias'), hasProjectionBias: has('ssm_in.bias'), decayRate: 'A' };
    case 'convolution': return { ...mixer, hasBias: has('shortconv.conv.bias') };
  }
}

function storedMlp({ dense, experts }: MlpConfig, has: (name: string) => boolean, width: (name: string) => number | undefined): MlpConfig {
  const down = experts && !experts.beside ? 'ffn_down_shexp' : 'ffn_down';
  return {
    dense: dense && { ...dense, size: width(down) ?? dense.size, hasBias: has(`${down}.bias`) },
    experts: experts && { ...experts, size: width('ffn_down_exps') ?? experts.size, hasBias: has('ffn_down_exps.bias'), hasRouterBias: has('ffn_gate_inp.bias') },
  };
}

/** With the factors of the file, where it has such. @throws CheckpointError */
function storedRope(rope: RopeConfig, isGlobal: boolean, { file, ropeFactors }: GgufFields, { scalesGlobalRopeOnly }: GgufArchitecture): RopeConfig {
  const factors = ropeFactors.get(ROPE_FREQS);
  if (!factors || (scalesGlobalRopeOnly && !isGlobal)) return rope;
  if (factors.length !== rope.nRotary / 2) throw new CheckpointError(`"${file}" has ${factors.length} factors of RoPE (rope_freqs) where ${rope.nRotary / 2} are needed; it is damaged, download it again.`);
  if (rope.scaling.type !== 'none') throw new UnsupportedCheckpointError(`"${file}" has factors of RoPE (rope_freqs) beside the scaling "${rope.scaling.type}", which is not supported; choose another file.`);
  return { ...rope, scaling: { type: 'factors', factors, amplitude: 1 } };
}
