import type { ModelConfig } from './modelConfig';

/** Names and shapes of every weight of the decoder; the single list that the graph and the checks go by. */
export function expectedShapes(config: ModelConfig): Map<string, readonly number[]> {
  const { dModel, dMlp, dHead, nHeads, nKvHeads, nLayers, dVocab } = config;
  const shapes = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [dVocab, dModel]],
    ['model.norm.weight', [dModel]],
  ]);
  if (!config.tiedEmbeddings) shapes.set('lm_head.weight', [dVocab, dModel]);
  for (let layer = 0; layer < nLayers; layer++) {
    const set = (name: string, ...shape: number[]) => shapes.set(`model.layers.${layer}.${name}`, shape);
    set('input_layernorm.weight', dModel);
    set('post_attention_layernorm.weight', dModel);
    for (const [projection, heads] of [['q', nHeads], ['k', nKvHeads], ['v', nKvHeads]] as const) {
      set(`self_attn.${projection}_proj.weight`, heads * dHead, dModel);
      if (config.attentionBias) set(`self_attn.${projection}_proj.bias`, heads * dHead);
    }
    set('self_attn.o_proj.weight', dModel, nHeads * dHead);
    if (config.qkNorm) {
      set('self_attn.q_norm.weight', dHead);
      set('self_attn.k_norm.weight', dHead);
    }
    set('mlp.gate_proj.weight', dMlp, dModel);
    set('mlp.up_proj.weight', dMlp, dModel);
    set('mlp.down_proj.weight', dModel, dMlp);
  }
  return shapes;
}
