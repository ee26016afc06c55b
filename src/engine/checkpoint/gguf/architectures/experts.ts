import type { GgufArchitecture } from './architecture';
import { graniteScales } from './dense';
import { alwaysNormalised, experts, interleaved, isNormalised, slidingLayers } from './parts';

const qwen2moe: GgufArchitecture = {
  id: 'qwen2moe',
  family: 'qwen2_moe',
  config: (fields) => ({ ...experts(fields), ...isNormalised(fields, false) }),
};

const qwen3moe: GgufArchitecture = {
  id: 'qwen3moe',
  family: 'qwen3_moe',
  config: (fields) => ({ ...experts(fields), ...isNormalised(fields, true) }),
};

const olmoe: GgufArchitecture = {
  id: 'olmoe',
  family: 'olmoe',
  config: (fields) => ({ ...experts(fields), ...isNormalised(fields, false) }),
};

/** YaRN's bounds are not rounded, as in its config.json, which the file does not say and llama.cpp does not do. */
const gptOss: GgufArchitecture = {
  id: 'gpt-oss',
  family: 'gpt_oss',
  config: (fields) => {
    alwaysNormalised(fields);
    return { ...slidingLayers(fields, 2), ...experts(fields, 'num_local_experts') };
  },
  normBeforeMlp: 'post_attention_norm',
  ropeExtras: { truncate: false },
};

/** With a shared expert it is Granite 4's decoder without Mamba layers. */
const graniteMoe: GgufArchitecture = {
  id: 'granitemoe',
  family: (fields) => ((fields.number('expert_shared_feed_forward_length') ?? 0) > 0 ? 'granitemoehybrid' : 'granitemoe'),
  config: (fields) => {
    alwaysNormalised(fields);
    return { ...graniteScales(fields), ...experts(fields, 'num_local_experts'), position_embedding_type: 'rope', layer_types: new Array<string>(fields.nLayers).fill('full_attention') };
  },
  ropeInterleaved: interleaved,
};

export const EXPERTS: readonly GgufArchitecture[] = [qwen2moe, qwen3moe, { ...qwen3moe, id: 'qwen3vlmoe' }, olmoe, gptOss, graniteMoe];
