import type { ConfigFields } from '../../config/configFields';
import type { MlpConfig } from '../../config/modelConfig';
import { qwen2 } from '../dense/qwen2';
import type { ModelFamily } from '../description/family';
import { denseMlp, expertsOf, gatedNames, HEAD_NORM, slidingWindow, switchedWindows } from '../description/parts';

const SPARSE = { decoder_sparse_step: 1, mlp_only_layers: null, num_experts_per_tok: 8 };

/** Qwen2-MoE (Qwen1.5-MoE, Qwen2-57B-A14B): an expert that all share beside the others. transformers: models/qwen2_moe/configuration_qwen2_moe.py */
export const qwen2Moe: ModelFamily = {
  id: 'qwen2_moe',
  name: 'Qwen2-MoE',
  defaults: {
    ...qwen2.defaults, hidden_size: 2048, intermediate_size: 5632, num_hidden_layers: 24, num_attention_heads: 16, num_key_value_heads: 16,
    ...SPARSE, num_experts: 60, num_experts_per_tok: 4, moe_intermediate_size: 1408, shared_expert_intermediate_size: 5632, norm_topk_prob: false, qkv_bias: true,
  },
  attention: (config) => ({ hasBias: { qkv: config.isOn('qkv_bias'), o: false } }),
  // Every other one of the first layers, not the last ones as in Qwen2.
  windows: (config, kinds) => switchedWindows(config, kinds, (layer) => layer % 2 === 0 && layer < Number(config.get('max_window_layers'))),
  mlp: (config, layer) => qwenExperts(config, layer, true),
};

/** Qwen3-MoE. transformers: models/qwen3_moe/configuration_qwen3_moe.py */
export const qwen3Moe: ModelFamily = {
  id: 'qwen3_moe',
  also: {
    // The weights of a row's experts always sum to 1.
    qwen3_vl_moe_text: {
      intermediate_size: 5632, num_attention_heads: 16, num_key_value_heads: 16, max_position_embeddings: 128_000, rope_theta: 500_000, tie_word_embeddings: true,
      sliding_window: null, num_experts: 60, num_experts_per_tok: 4, moe_intermediate_size: 1408, norm_topk_prob: true,
    },
  },
  multimodal: { qwen3_vl_moe: 'qwen3_vl_moe_text' },
  multimodalTied: false,
  // As transformers 5 calls them.
  otherKeys: { num_local_experts: 'num_experts' },
  name: 'Qwen3-MoE',
  defaults: {
    vocab_size: 151_936, hidden_size: 2048, intermediate_size: 6144, num_hidden_layers: 24, num_attention_heads: 32, num_key_value_heads: 4, head_dim: null,
    max_position_embeddings: 32_768, rope_theta: 10_000, tie_word_embeddings: false, sliding_window: 4096,
    ...SPARSE, num_experts: 128, moe_intermediate_size: 768, norm_topk_prob: false,
  },
  attention: () => ({ qkNorm: HEAD_NORM }),
  windows: (config, kinds) => kinds.map(() => (config.isOn('use_sliding_window') ? slidingWindow(config) : null)),
  mlp: (config, layer) => qwenExperts(config, layer, false),
};

/** Experts in every n-th layer that is not listed as dense. */
export function qwenExperts(config: ConfigFields, layer: number, isShared: boolean): MlpConfig {
  const denseLayers = config.get('mlp_only_layers') ?? [];
  if (!Array.isArray(denseLayers)) throw config.damaged('mlp_only_layers', denseLayers, 'a list of layers');
  if (denseLayers.includes(layer) || (layer + 1) % config.natural('decoder_sparse_step') !== 0) return { dense: denseMlp(config), experts: null };
  return routed(config, isShared, config.isOn('norm_topk_prob'));
}

/** @param isNormalised whether the weights of a row's experts are made to sum to 1 */
export function routed(config: ConfigFields, isShared: boolean, isNormalised: boolean): MlpConfig {
  return {
    dense: isShared ? denseMlp(config, { names: gatedNames('mlp.shared_expert'), size: config.natural('shared_expert_intermediate_size'), outputGate: 'mlp.shared_expert_gate' }) : null,
    experts: expertsOf(config, 'num_experts', { size: config.natural('moe_intermediate_size'), isNormalised }),
  };
}
