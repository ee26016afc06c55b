import type { ConfigFields } from '../../config/configFields';
import type { DeltaMixer } from '../../config/modelConfig';
import { qwenExperts, routed } from '../experts/qwenMoe';
import type { FamilyDefaults, ModelFamily } from '../description/family';
import { allButEach, HEAD_NORM } from '../description/parts';

const COMMON: FamilyDefaults = {
  vocab_size: 151_936, hidden_size: 2048, intermediate_size: 5632, num_hidden_layers: 48, num_attention_heads: 16, num_key_value_heads: 2, head_dim: 256,
  max_position_embeddings: 32_768, rope_theta: 10_000, partial_rotary_factor: 0.25, tie_word_embeddings: false, full_attention_interval: 4,
  linear_conv_kernel_dim: 4, linear_key_head_dim: 128, linear_value_head_dim: 128, linear_num_key_heads: 16, linear_num_value_heads: 32,
};
const EXPERTS = { num_experts: 512, num_experts_per_tok: 10, moe_intermediate_size: 512, shared_expert_intermediate_size: 512 };

/** Qwen3-Next: three of four layers are gated delta rules, attention has a gate. transformers: models/qwen3_next/configuration_qwen3_next.py */
export const qwen3Next: ModelFamily = {
  id: 'qwen3_next',
  name: 'Qwen3-Next',
  defaults: { ...COMMON, ...EXPERTS, decoder_sparse_step: 1, mlp_only_layers: null, norm_topk_prob: true },
  norm: { plusOne: true },
  kinds: allButEach('full_attention_interval', 'linear_attention', 'full_attention'),
  attention: (config) => ({ hasBias: { qkv: config.isOn('attention_bias'), o: config.isOn('attention_bias') }, qkNorm: HEAD_NORM, isGated: true }),
  otherMixer: (config) => deltaRule(config, true),
  mlp: (config, layer) => qwenExperts(config, layer, true),
};

/** Qwen3.5, dense: projections apart. transformers: models/qwen3_5/configuration_qwen3_5.py */
export const qwen35: ModelFamily = {
  ...qwen3Next,
  id: 'qwen3_5_text',
  multimodal: { qwen3_5: 'qwen3_5_text' },
  name: 'Qwen3.5',
  defaults: { ...COMMON, vocab_size: 248_320, hidden_size: 4096, intermediate_size: 12_288, num_hidden_layers: 32, num_key_value_heads: 4 },
  otherMixer: (config) => deltaRule(config, false),
  mlp: undefined,
};

/** Qwen3.5, mixture of experts. transformers: models/qwen3_5_moe/configuration_qwen3_5_moe.py */
export const qwen35Moe: ModelFamily = {
  ...qwen35,
  id: 'qwen3_5_moe_text',
  multimodal: { qwen3_5_moe: 'qwen3_5_moe_text' },
  name: 'Qwen3.5-MoE',
  defaults: { ...COMMON, ...EXPERTS, vocab_size: 248_320, intermediate_size: null, num_hidden_layers: 40, num_experts: 256, num_experts_per_tok: 8 },
  mlp: (config) => routed(config, true, true),
  // transformers 5 saves all experts in one tensor, older files one by one.
  split: [
    { from: 'mlp.experts.gate_up_proj', into: ['mlp.experts.*.gate_proj', 'mlp.experts.*.up_proj'] },
    { from: 'mlp.experts.down_proj', into: ['mlp.experts.*.down_proj'] },
  ],
};

function deltaRule(config: ConfigFields, isGrouped: boolean): DeltaMixer {
  const [nHeads, nKeyHeads] = [config.natural('linear_num_value_heads'), config.natural('linear_num_key_heads')];
  if (nHeads % nKeyHeads !== 0) throw config.damaged('linear_num_value_heads', nHeads, `a multiple of linear_num_key_heads = ${nKeyHeads}`);
  return {
    kind: 'delta', nHeads, nKeyHeads, dKey: config.natural('linear_key_head_dim'), dHead: config.natural('linear_value_head_dim'),
    kernel: config.natural('linear_conv_kernel_dim'), grouped: { qkvz: isGrouped, ba: isGrouped }, decayRate: 'A_log',
  };
}
