import type { GgufFields } from './ggufFields';
import type { GgufArchitecture } from './architecture';
import { alwaysNormalised, experts, headSize, interleaved, oneWindow, slidingLayers } from './parts';

/** Llama and its like, Mistral (Nemo, Small 3), Mixtral. */
const llama: GgufArchitecture = {
  id: 'llama',
  family: (fields) => {
    if ((fields.number('expert_count') ?? 0) > 0) return 'mixtral';
    return (fields.number('attention.sliding_window') ?? 0) > 0 ? 'mistral' : 'llama';
  },
  config: (fields) => {
    const head = { head_dim: fields.number('attention.key_length') ?? fields.number('rope.dimension_count') ?? null, ...oneWindow(fields) };
    if ((fields.number('expert_count') ?? 0) === 0) return head;
    alwaysNormalised(fields);
    return { ...head, ...experts(fields, 'num_local_experts') };
  },
  ropeInterleaved: interleaved,
};

/** Ministral 3, Mistral Small 3.1 and after. */
const mistral3: GgufArchitecture = { id: 'mistral3', family: 'ministral3', ropeInterleaved: interleaved };

/** Which layers have no RoPE is not in the file: llama.cpp, too, takes every fourth. */
const smollm3: GgufArchitecture = { id: 'smollm3', family: 'smollm3', ropeInterleaved: interleaved };

const qwen2: GgufArchitecture = { id: 'qwen2', family: 'qwen2' };
const qwen2vl: GgufArchitecture = { id: 'qwen2vl', family: 'qwen2' };
const qwen3: GgufArchitecture = { id: 'qwen3', family: 'qwen3' };
const qwen3vl: GgufArchitecture = { id: 'qwen3vl', family: 'qwen3' };

/** Scores, long factors and window as transformers has them; llama.cpp leaves the window out. */
/** Its config.json has the context that it was trained with at the top. */
const phi3: GgufArchitecture = {
  id: 'phi3', family: 'phi3',
  config: (fields) => ({ ...oneWindow(fields), original_max_position_embeddings: fields.number('rope.scaling.original_context_length') }),
};

/** OLMo 2, and OLMo 3, which has a window. */
const olmo2: GgufArchitecture = {
  id: 'olmo2',
  family: (fields) => ((fields.number('attention.sliding_window') ?? 0) > 0 ? 'olmo3' : 'olmo2'),
  config: (fields) => slidingLayers(fields, 4),
  scalesGlobalRopeOnly: true,
};

/** The largest has a window also where the file does not say so. Source: exaone4.cpp */
const exaone4: GgufArchitecture = { id: 'exaone4', family: 'exaone4', config: (fields) => slidingLayers(fields, 4, fields.nLayers === 64 ? 4096 : null) };

const cohere2: GgufArchitecture = {
  id: 'cohere2',
  family: 'cohere2',
  config: (fields) => {
    // Its heads turn as a whole; where they are not the width over their number, the converter has written another number.
    const turning = fields.number('rope.dimension_count') ?? headSize(fields);
    if (turning !== headSize(fields)) throw fields.unsupported('rope.dimension_count', turning);
    return { ...slidingLayers(fields, 4), logit_scale: fields.needed('logit_scale') };
  },
};

/** GLM-4-9B (2024) and before. */
const chatglm: GgufArchitecture = { id: 'chatglm', family: 'glm' };

/** GLM-4-0414; of GLM-4V the converter has put the rows of q and k into halves. Source: conversion/glm.py */
const glm4: GgufArchitecture = { id: 'glm4', family: 'glm4', ropeInterleaved: (fields) => fields.get('rope.dimension_sections') === undefined };

const starcoder2: GgufArchitecture = { id: 'starcoder2', family: 'starcoder2' };

const seedOss: GgufArchitecture = { id: 'seed_oss', family: 'seed_oss', normBeforeMlp: 'post_attention_norm' };

/** The scaling of RoPE is in its base. */
const hunyuan: GgufArchitecture = { id: 'hunyuan-dense', family: 'hunyuan_v1_dense' };

/** Granite 3, and Granite 4 Micro, which has keys of Mamba layers left over. */
const granite: GgufArchitecture = { id: 'granite', family: 'granite', config: graniteScales, ropeInterleaved: interleaved };

export const DENSE: readonly GgufArchitecture[] = [
  llama, mistral3, qwen2, qwen2vl, qwen3, qwen3vl, phi3, granite, smollm3, olmo2, chatglm, glm4, cohere2, exaone4, starcoder2, seedOss, hunyuan,
];

/** 0 and what is missing change nothing; logits are divided by theirs. */
export function graniteScales(fields: GgufFields): Readonly<Record<string, unknown>> {
  const scale = (key: string, otherwise: number) => fields.number(key) || otherwise;
  return {
    attention_multiplier: scale('attention.scale', headSize(fields) ** -0.5), embedding_multiplier: scale('embedding_scale', 1),
    residual_multiplier: scale('residual_scale', 1), logits_scaling: scale('logit_scale', 1),
  };
}
