import { UnsupportedCheckpointError } from '../../base/errors';
import { familyOf } from '../families/familyRegistry';
import type { GgufArchitecture } from './architectures/architecture';
import { headCount, headSize, kvHeadCount } from './architectures/parts';
import type { GgufFields } from './architectures/ggufFields';
import { ropeParameters } from './ggufRope';

/**
 * The metadata of a GGUF file as the config.json of its family has them, so that both are read and checked in one place.
 * Source: llama.cpp, conversion/base.py (`set_gguf_parameters`), gguf-py/gguf/constants.py and what src/models/*.cpp takes where a key is missing.
 * @throws CheckpointError
 */
export function ggufConfig(fields: GgufFields, architecture: GgufArchitecture): Readonly<Record<string, unknown>> {
  const modelType = typeof architecture.family === 'string' ? architecture.family : architecture.family(fields);
  for (const layers of ['', '_swa']) {
    const [keys, values] = ['key', 'value'].map((part) => fields.number(`attention.${part}_length${layers}`));
    if (keys !== undefined && values !== undefined && keys !== values) throw new UnsupportedCheckpointError(`"${fields.file}" has keys of ${keys} numbers a head and values of ${values}, which are not supported; choose another file.`);
  }
  const own = architecture.config?.(fields) ?? {};
  const family = familyOf(modelType)!;
  const eps = { rms: 'attention.layer_norm_rms_epsilon', layer: 'attention.layer_norm_epsilon' };
  for (const key of Object.values(eps)) fields.get(key); // the other one means nothing where it stands beside
  const config = {
    model_type: modelType,
    vocab_size: fields.shapes.get('token_embd.weight')?.[0],
    hidden_size: fields.needed('embedding_length'),
    num_hidden_layers: fields.nLayers,
    num_attention_heads: headCount(fields),
    num_key_value_heads: 'per_layer_config' in own ? headCount(fields) : kvHeadCount(fields),
    // Null is hidden_size / num_attention_heads.
    head_dim: fields.number('attention.key_length') ?? null,
    max_position_embeddings: fields.needed('context_length'),
    [family.epsKey ?? 'rms_norm_eps']: fields.needed(eps[family.norm?.kind ?? 'rms']),
    rope_parameters: ropeParameters(fields, architecture, headSize(fields)),
    tie_word_embeddings: !fields.shapes.has('output.weight'),
    ...own,
  };
  fields.refuseUnread();
  // What is not there takes the family's own value.
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
