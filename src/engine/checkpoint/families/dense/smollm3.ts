import type { ConfigFields } from '../../config/configFields';
import type { LayerKind, ModelFamily } from '../description/family';
import { switchedWindows } from '../description/parts';

/** SmolLM3: one layer in four has no RoPE (NoPE), and only those may slide. transformers: models/smollm3/configuration_smollm3.py */
export const smollm3: ModelFamily = {
  id: 'smollm3',
  name: 'SmolLM3',
  defaults: {
    vocab_size: 128_256, hidden_size: 2048, intermediate_size: 11_008, num_hidden_layers: 36, num_attention_heads: 16, num_key_value_heads: 4, head_dim: null,
    max_position_embeddings: 32_768, rope_theta: 2_000_000, tie_word_embeddings: true, sliding_window: null, no_rope_layer_interval: 4,
  },
  turns,
  windows: (config, kinds) => {
    const turned = turns(config, kinds);
    return switchedWindows(config, kinds, (layer) => !turned[layer]);
  },
};

/** The configuration lists a 1 for every layer with RoPE, 0 for one without; without the list every n-th layer is left out. */
function turns(config: ConfigFields, { length: nLayers }: readonly LayerKind[]): boolean[] {
  const listed = config.get('no_rope_layers') ?? null;
  if (listed === null) {
    const interval = config.natural('no_rope_layer_interval');
    return Array.from({ length: nLayers }, (_, layer) => (layer + 1) % interval !== 0);
  }
  if (!Array.isArray(listed) || listed.length < nLayers || !listed.every((uses) => uses === 0 || uses === 1)) {
    throw config.damaged('no_rope_layers', listed, `a 1 or 0 for each of its ${nLayers} layers`);
  }
  return listed.slice(0, nLayers).map((uses) => uses === 1);
}
