import { UnsupportedCheckpointError } from '../../../base/errors';
import type { ConfigFields } from '../../config/configFields';
import type { Activation, DenseMlp, ExpertsConfig, LayerNorms, MlpConfig } from '../../config/modelConfig';
import type { LayerKind } from './family';

/** What descriptions of families are put together from. */

export const LLAMA_NORMS: LayerNorms = { mixerIn: 'input_layernorm', mixerOut: null, mlpIn: 'post_attention_layernorm', mlpOut: null };
/** Gemma 2 and after: a norm before and after attention and MLP. */
export const SANDWICH_NORMS: LayerNorms = { mixerIn: 'input_layernorm', mixerOut: 'post_attention_layernorm', mlpIn: 'pre_feedforward_layernorm', mlpOut: 'post_feedforward_layernorm' };
/** OLMo 2 and EXAONE 4: only after. */
export const OUTPUT_NORMS: LayerNorms = { mixerIn: null, mixerOut: 'post_attention_layernorm', mlpIn: null, mlpOut: 'post_feedforward_layernorm' };

/** q and k of each head. */
export const HEAD_NORM = { q: 'self_attn.q_norm', k: 'self_attn.k_norm', over: 'head', isAfterRope: false } as const;
/** q and k of all heads together. */
export const ALL_HEADS_NORM = { ...HEAD_NORM, over: 'all heads' } as const;

const GATED = { gate: 'gate_proj', up: 'up_proj', down: 'down_proj' } as const;

export function gatedNames(prefix: string): { readonly gate: string; readonly up: string; readonly down: string } {
  return { gate: `${prefix}.${GATED.gate}`, up: `${prefix}.${GATED.up}`, down: `${prefix}.${GATED.down}` };
}

/** @throws UnsupportedCheckpointError */
export function activationOf(config: ConfigFields): Activation {
  const name = config.get('hidden_activation') ?? config.get('hidden_act') ?? 'silu';
  if (name === 'silu' || name === 'swish') return 'silu';
  if (name === 'gelu_pytorch_tanh' || name === 'gelu_new') return 'gelu-tanh';
  throw new UnsupportedCheckpointError(`"${config.path}" uses the activation "${String(name)}", which is not supported; "silu" and "gelu_pytorch_tanh" are.`);
}

export function denseMlp(config: ConfigFields, parts: Partial<DenseMlp> = {}): DenseMlp {
  return { names: gatedNames('mlp'), size: parts.size ?? config.natural('intermediate_size'), activation: activationOf(config), hasBias: config.isOn('mlp_bias'), outputGate: null, ...parts };
}

export function onlyDense(config: ConfigFields): MlpConfig {
  return { dense: denseMlp(config), experts: null };
}

/** Experts as Qwen's; `count` and `active` are checked. @throws CheckpointError */
export function expertsOf(config: ConfigFields, countKey: string, parts: Partial<ExpertsConfig> = {}, activeKey = 'num_experts_per_tok'): ExpertsConfig {
  const count = config.natural(countKey);
  const active = config.natural(activeKey);
  if (active > count) throw config.damaged(activeKey, active, `at most ${countKey} = ${count}`);
  return {
    count, active, size: parts.size ?? config.natural('intermediate_size'), activation: activationOf(config), router: 'mlp.gate', hasRouterBias: false, isNormalised: true,
    prefix: 'mlp.experts', names: GATED, hasBias: false, beside: null, ...parts,
  };
}

export function slidingWindow(config: ConfigFields): number | null {
  const window = config.get('sliding_window');
  return typeof window === 'number' && window > 0 ? window : null;
}

/** The window slides in the layers that are called so. */
export function windowsWhereSliding(config: ConfigFields, kinds: readonly LayerKind[]): (number | null)[] {
  return kinds.map((kind) => (kind === 'sliding_attention' ? slidingWindow(config) : null));
}

export function windowsEverywhere(config: ConfigFields, kinds: readonly LayerKind[]): (number | null)[] {
  return kinds.map(() => slidingWindow(config));
}

/** Families in which the window must be switched on: it slides in the layers that are listed, else in those that the family lets slide. */
export function switchedWindows(config: ConfigFields, kinds: readonly LayerKind[], slides: (layer: number) => boolean): (number | null)[] {
  const window = slidingWindow(config);
  const isListed = Array.isArray(config.get('layer_types'));
  return kinds.map((kind, layer) => (window !== null && config.isOn('use_sliding_window') && (isListed ? kind === 'sliding_attention' : slides(layer)) ? window : null));
}

/** All layers but each n-th are of the first kind. @param n a number, or the key of one */
export function allButEach(n: number | string, most: LayerKind, each: LayerKind): (config: ConfigFields, nLayers: number) => LayerKind[] {
  return (config, nLayers) => {
    const every = typeof n === 'number' ? n : config.natural(n);
    return Array.from({ length: nLayers }, (_, layer) => ((layer + 1) % every === 0 ? each : most));
  };
}
