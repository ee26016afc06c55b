import type { ConfigFields } from '../../config/configFields';
import type { LayerKind, ModelFamily } from '../description/family';
import { denseMlp } from '../description/parts';

/** LFM2: gated short convolutions between attention layers. transformers: models/lfm2/configuration_lfm2.py */
export const lfm2: ModelFamily = {
  id: 'lfm2',
  name: 'LFM2',
  defaults: {
    vocab_size: 65_536, hidden_size: 2560, intermediate_size: 12_288, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, head_dim: null,
    max_position_embeddings: 128_000, rope_theta: 1_000_000, tie_word_embeddings: true, norm_eps: 1e-5, conv_bias: false, conv_L_cache: 3,
    block_auto_adjust_ff_dim: true, block_ffn_dim_multiplier: 1, block_multiple_of: 256,
  },
  otherKeys: { block_ff_dim: 'intermediate_size', tie_embedding: 'tie_word_embeddings' },
  epsKey: 'norm_eps',
  finalNorm: 'model.embedding_norm',
  norms: { mixerIn: 'operator_norm', mixerOut: null, mlpIn: 'ffn_norm', mlpOut: null },
  kinds,
  attention: () => ({
    names: { q: 'self_attn.q_proj', k: 'self_attn.k_proj', v: 'self_attn.v_proj', o: 'self_attn.out_proj' },
    hasBias: { qkv: false, o: false },
    qkNorm: { q: 'self_attn.q_layernorm', k: 'self_attn.k_layernorm', over: 'head', isAfterRope: false },
  }),
  otherMixer: (config) => ({ kind: 'convolution', nHeads: 1, dHead: config.natural('hidden_size'), kernel: config.natural('conv_L_cache'), hasBias: config.isOn('conv_bias') }),
  mlp: (config) => ({ dense: denseMlp(config, { names: { gate: 'feed_forward.w1', up: 'feed_forward.w3', down: 'feed_forward.w2' }, size: width(config) }), experts: null }),
};

function kinds(config: ConfigFields, nLayers: number): LayerKind[] {
  const full = config.get('full_attn_idxs') ?? null;
  if (full !== null && !Array.isArray(full)) throw config.damaged('full_attn_idxs', full, 'a list of layers');
  return Array.from({ length: nLayers }, (_, layer) => (full === null || full.includes(layer) ? 'full_attention' : 'conv'));
}

/** Two thirds of what is given, rounded up to whole blocks, where the config says so. */
function width(config: ConfigFields): number {
  const size = config.natural('intermediate_size');
  if (!config.isOn('block_auto_adjust_ff_dim')) return size;
  const block = config.natural('block_multiple_of');
  return block * Math.ceil(Math.floor(config.positive('block_ffn_dim_multiplier', 1) * Math.floor((2 * size) / 3)) / block);
}
