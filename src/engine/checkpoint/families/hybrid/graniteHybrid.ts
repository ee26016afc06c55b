import type { ConfigFields } from '../../config/configFields';
import type { MambaMixer, MlpConfig } from '../../config/modelConfig';
import { granite } from '../dense/granite';
import { GRANITE_EXPERTS, GRANITE_ROUTING } from '../experts/graniteMoe';
import type { ModelFamily } from '../description/family';
import { denseMlp, expertsOf, gatedNames } from '../description/parts';

/** Granite 4: Mamba-2 in most layers (none in Micro), no RoPE unless it says so, a shared MLP with or without experts beside it. transformers: models/granitemoehybrid/configuration_granitemoehybrid.py */
export const graniteHybrid: ModelFamily = {
  ...granite,
  id: 'granitemoehybrid',
  name: 'Granite 4',
  defaults: {
    ...granite.defaults, num_local_experts: 8, num_experts_per_tok: 2, shared_intermediate_size: 1024, position_embedding_type: null,
    mamba_n_heads: 128, mamba_n_groups: 1, mamba_d_state: 256, mamba_d_head: 'auto', mamba_d_conv: 4, mamba_expand: 2, mamba_conv_bias: true, mamba_proj_bias: false,
  },
  otherKeys: { layers_block_type: 'layer_types' },
  kinds: (_, nLayers) => new Array(nLayers).fill('linear_attention'),
  turns: (config, kinds) => kinds.map(() => config.get('position_embedding_type') === 'rope'),
  otherMixer: mamba,
  mlp,
  split: [...GRANITE_EXPERTS, { from: 'shared_mlp.input_linear', into: ['shared_mlp.gate_proj', 'shared_mlp.up_proj'] }],
};

function mlp(config: ConfigFields): MlpConfig {
  return {
    dense: denseMlp(config, { names: { ...gatedNames('shared_mlp'), down: 'shared_mlp.output_linear' }, size: config.natural('shared_intermediate_size') }),
    experts: config.get('num_local_experts') === 0 ? null : expertsOf(config, 'num_local_experts', GRANITE_ROUTING),
  };
}

function mamba(config: ConfigFields): MambaMixer {
  const nHeads = config.natural('mamba_n_heads');
  const nGroups = config.natural('mamba_n_groups');
  const given = config.get('mamba_d_head');
  const dHead = given === 'auto' ? (config.natural('mamba_expand') * config.natural('hidden_size')) / nHeads : config.natural('mamba_d_head');
  if (!Number.isSafeInteger(dHead)) throw config.damaged('mamba_d_head', given, `a head size of which ${nHeads} make ${config.natural('mamba_expand')} x hidden_size`);
  if (nHeads % nGroups !== 0) throw config.damaged('mamba_n_heads', nHeads, `a multiple of mamba_n_groups = ${nGroups}`);
  return {
    kind: 'mamba', nHeads, nGroups, dState: config.natural('mamba_d_state'), dHead, kernel: config.natural('mamba_d_conv'),
    hasConvolutionBias: config.isOn('mamba_conv_bias'), hasProjectionBias: config.isOn('mamba_proj_bias'), stepLimits: stepLimits(config), decayRate: 'A_log',
  };
}

/** transformers 5 writes infinity as an object of its own; JSON has no number for it. */
function stepLimits(config: ConfigFields): readonly [number, number] {
  const limits = config.get('time_step_limit') ?? [0, null];
  const [low, high] = Array.isArray(limits) ? limits.map(limit) : [];
  if (low === undefined || high === undefined || !(low <= high)) throw config.damaged('time_step_limit', limits, 'a least and a largest step');
  return [low, high];
}

function limit(value: unknown): number {
  if (value === null || value === 'inf') return Infinity;
  const written = typeof value === 'object' ? (value as { readonly __float__?: unknown }).__float__ : value;
  return written === 'Infinity' ? Infinity : Number(written);
}
