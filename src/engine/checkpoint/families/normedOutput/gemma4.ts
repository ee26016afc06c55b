import { rootOfWidth } from '../dense/gemma';
import type { ConfigFields } from '../../config/configFields';
import type { AttentionParts, LayerKind, ModelFamily } from '../description/family';
import { allButEach, denseMlp, expertsOf, HEAD_NORM, SANDWICH_NORMS, windowsWhereSliding } from '../description/parts';
import { cappedLogits } from './gemma2';

/**
 * Gemma 4: normed values, global layers with heads of their own and keys that serve as values; small ones are told of each token in every layer and share keys and
 * values at the end, large ones have experts beside the MLP. transformers: models/gemma4/configuration_gemma4.py
 */
export const gemma4: ModelFamily = {
  id: 'gemma4_text',
  multimodal: { gemma4: 'gemma4_text' },
  name: 'Gemma 4',
  defaults: {
    vocab_size: 262_144, hidden_size: 2304, intermediate_size: 9216, num_hidden_layers: 30, num_attention_heads: 8, num_key_value_heads: 4, head_dim: 256, global_head_dim: 512,
    max_position_embeddings: 131_072, rope_theta: 10_000, tie_word_embeddings: true, sliding_window: 512, hidden_activation: 'gelu_pytorch_tanh', final_logit_softcapping: null,
    rope_parameters: { sliding_attention: { rope_type: 'default', rope_theta: 10_000 }, full_attention: { rope_type: 'proportional', partial_rotary_factor: 0.25, rope_theta: 1_000_000 } },
    num_kv_shared_layers: 0, hidden_size_per_layer_input: 256, use_double_wide_mlp: false, attention_k_eq_v: false, enable_moe_block: false,
  },
  norms: SANDWICH_NORMS,
  embeddingScale: rootOfWidth,
  logits: cappedLogits,
  layerKeys: ['head_dim', 'num_key_value_heads'],
  kinds: allButEach(6, 'sliding_attention', 'full_attention'),
  lastKind: 'full_attention',
  windows: windowsWhereSliding,
  attention,
  mlp: (config, layer) => ({
    dense: denseMlp(config, { size: config.natural('intermediate_size') * (config.isOn('use_double_wide_mlp') && layer >= firstShared(config) ? 2 : 1) }),
    experts: config.isOn('enable_moe_block')
      ? expertsOf(config, 'num_experts', {
        size: config.natural('moe_intermediate_size'), router: 'router.proj', prefix: 'experts',
        beside: {
          routerScale: 'router.scale', expertScale: 'router.per_expert_scale',
          denseOut: 'post_feedforward_layernorm_1', expertsIn: 'pre_feedforward_layernorm_2', expertsOut: 'post_feedforward_layernorm_2',
        },
      }, 'top_k_experts')
      : null,
  }),
  perLayerInput: (config) => (config.get('hidden_size_per_layer_input') ? config.natural('hidden_size_per_layer_input') : null),
  hasLayerScalar: true,
  split: [{ from: 'experts.gate_up_proj', into: ['experts.*.gate_proj', 'experts.*.up_proj'] }, { from: 'experts.down_proj', into: ['experts.*.down_proj'] }],
};

function attention(config: ConfigFields, layer: number, kinds: readonly LayerKind[]): AttentionParts {
  const isGlobal = kinds[layer] === 'full_attention';
  const valuesAreKeys = isGlobal && config.isOn('attention_k_eq_v');
  const nKvHeads = config.natural('num_key_value_heads');
  // transformers 5 writes what is different in a layer by its number, with as many digits as the largest has.
  const byLayer = config.object('per_layer_config');
  const number = byLayer?.keys().find((key) => Number(key) === layer);
  const own = (number === undefined ? null : byLayer!.object(number)) ?? config.with({});
  const parts = isGlobal
    ? { dHead: own.natural('head_dim', config.natural('global_head_dim')), nKvHeads: own.natural('num_key_value_heads', valuesAreKeys ? config.natural('num_global_key_value_heads', nKvHeads) : nKvHeads) }
    : { dHead: own.natural('head_dim', config.natural('head_dim')), nKvHeads: own.natural('num_key_value_heads', nKvHeads) };
  return { ...parts, scoreScale: 1, qkNorm: HEAD_NORM, valueNorm: true, valuesAreKeys, sharedWith: sharedLayer(config, layer, kinds) };
}

/** The first layer that has no keys and values of its own. */
function firstShared(config: ConfigFields): number {
  const shared = config.get('num_kv_shared_layers') ?? 0;
  const nLayers = config.natural('num_hidden_layers');
  if (typeof shared !== 'number' || !Number.isSafeInteger(shared) || shared < 0 || shared >= nLayers) throw config.damaged('num_kv_shared_layers', shared, `a whole number below ${nLayers}`);
  return nLayers - shared;
}

/** The last layer of the same kind that has keys and values of its own; null for those themselves. */
function sharedLayer(config: ConfigFields, layer: number, kinds: readonly LayerKind[]): number | null {
  const first = firstShared(config);
  if (layer < first) return null;
  const found = kinds.slice(0, first).lastIndexOf(kinds[layer]);
  if (found < 0) throw config.damaged('num_kv_shared_layers', config.get('num_kv_shared_layers'), `a layer of the kind "${kinds[layer]}" before the shared ones`);
  return found;
}
