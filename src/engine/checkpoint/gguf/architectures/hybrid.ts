import type { GgufFields } from './ggufFields';
import type { GgufArchitecture } from './architecture';
import { graniteScales } from './dense';
import { alwaysNormalised, experts, interleaved, isNormalised, layersWithoutKeys, recurrentLayers } from './parts';

const qwen3next: GgufArchitecture = {
  id: 'qwen3next',
  family: 'qwen3_next',
  config: (fields) => ({ ...deltaRule(fields), ...experts(fields), ...isNormalised(fields, true) }),
  normsHoldOne: true,
  normBeforeMlp: 'post_attention_norm',
};

const qwen35: GgufArchitecture = { ...qwen3next, id: 'qwen35', family: 'qwen3_5_text', config: deltaRule, tilesValueHeads: true };

const qwen35moe: GgufArchitecture = { ...qwen3next, id: 'qwen35moe', family: 'qwen3_5_moe_text', tilesValueHeads: true };

const lfm2: GgufArchitecture = {
  id: 'lfm2',
  family: 'lfm2',
  config: (fields) => ({ ...layersWithoutKeys(fields, 'conv'), conv_L_cache: fields.natural('shortconv.l_cache'), block_auto_adjust_ff_dim: false }),
  finalNorm: 'token_embd_norm',
};

/** Granite 4: no RoPE where the file says that it was not tuned for it. Source: granite-hybrid.cpp */
const graniteHybrid: GgufArchitecture = {
  id: 'granitehybrid',
  family: 'granitemoehybrid',
  config: (fields) => {
    alwaysNormalised(fields);
    const heads = fields.natural('ssm.time_step_rank');
    return {
      ...graniteScales(fields), ...layersWithoutKeys(fields, 'linear_attention'),
      ...((fields.number('expert_count') ?? 0) > 0 ? experts(fields, 'num_local_experts') : { num_local_experts: 0 }),
      position_embedding_type: fields.get('rope.scaling.finetuned') === false ? null : 'rope',
      mamba_n_heads: heads, mamba_d_head: fields.natural('ssm.inner_size') / heads, mamba_d_state: fields.natural('ssm.state_size'),
      mamba_n_groups: fields.natural('ssm.group_count'), mamba_d_conv: fields.natural('ssm.conv_kernel'),
    };
  },
  ropeInterleaved: interleaved,
};

export const HYBRID: readonly GgufArchitecture[] = [qwen3next, qwen35, qwen35moe, lfm2, graniteHybrid];

function deltaRule(fields: GgufFields): Readonly<Record<string, unknown>> {
  const heads = fields.natural('ssm.time_step_rank');
  return {
    ...recurrentLayers(fields),
    linear_num_value_heads: heads, linear_value_head_dim: fields.natural('ssm.inner_size') / heads,
    linear_num_key_heads: fields.natural('ssm.group_count'), linear_key_head_dim: fields.natural('ssm.state_size'),
    linear_conv_kernel_dim: fields.natural('ssm.conv_kernel'),
  };
}
