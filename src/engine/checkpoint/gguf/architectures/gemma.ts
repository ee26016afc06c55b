import type { GgufFields } from './ggufFields';
import type { GgufArchitecture } from './architecture';
import { experts, gemmaScores, slidingLayers } from './parts';

const gemma: GgufArchitecture = { id: 'gemma', family: 'gemma', normsHoldOne: true };

const gemma2: GgufArchitecture = {
  id: 'gemma2',
  family: 'gemma2',
  config: (fields) => ({
    ...slidingLayers(fields, 2, 4096), ...gemmaScores(fields, 46),
    ...stated(fields, 'attn_logit_softcapping'), ...stated(fields, 'final_logit_softcapping'),
  }),
  normsHoldOne: true,
};

const gemma3: GgufArchitecture = {
  id: 'gemma3',
  family: 'gemma3_text',
  config: (fields) => ({ ...slidingLayers(fields, 6), ...gemmaScores(fields, 62), ...stated(fields, 'final_logit_softcapping') }),
  normsHoldOne: true,
  scalesGlobalRopeOnly: true,
};

/** Keys without more are of layers that see everything, those with `_swa` of sliding ones. */
const gemma4: GgufArchitecture = {
  id: 'gemma4',
  family: 'gemma4_text',
  config: (fields) => {
    const hasExperts = (fields.number('expert_count') ?? 0) > 0;
    const kvHeads = fields.numbersByLayer('attention.head_count_kv') ?? fields.numbersByLayer('attention.head_count') ?? [];
    const slides = fields.flagsByLayer('attention.sliding_window_pattern');
    if (!slides) throw fields.missing('attention.sliding_window_pattern');
    const isFull = slides.map((does) => !does);
    const [head, slidingHead] = [fields.needed('attention.key_length'), fields.needed('attention.key_length_swa')];
    return {
      ...slidingLayers(fields, 0), ...stated(fields, 'final_logit_softcapping'),
      head_dim: slidingHead, global_head_dim: head,
      per_layer_config: Object.fromEntries(isFull.map((full, layer) => [layer, { head_dim: full ? head : slidingHead, num_key_value_heads: kvHeads[layer] }])),
      attention_k_eq_v: isFull.some((full, layer) => full && fields.has(layer, 'attn_k.weight') && !fields.has(layer, 'attn_v.weight')),
      num_kv_shared_layers: fields.number('attention.shared_kv_layers') ?? 0,
      hidden_size_per_layer_input: fields.number('embedding_length_per_layer_input') ?? 0,
      enable_moe_block: hasExperts,
      ...(hasExperts && { ...experts(fields, 'num_experts', 'top_k_experts'), moe_intermediate_size: fields.needed('expert_feed_forward_length') }),
    };
  },
  scalesGlobalRopeOnly: true,
};

export const GEMMA: readonly GgufArchitecture[] = [gemma, gemma2, gemma3, gemma4];

/** What is missing has the family's own value. */
function stated(fields: GgufFields, key: string): Readonly<Record<string, unknown>> {
  const value = fields.number(key);
  return value === undefined ? {} : { [key]: value === 0 ? null : value };
}
