import { FAMILY_CHOICE } from '../../concepts/models/familyNames';
import { CheckpointError, UnsupportedCheckpointError } from '../base/errors';
import { ConfigFields } from './config/configFields';
import type { ModelFamily } from './families/description/family';
import { closestFamily, defaultsOf, familyOf, textTypeOf } from './families/familyRegistry';

/**
 * The family of a config.json and the fields of its decoder: a multimodal checkpoint keeps them apart, in `text_config`.
 * @throws CheckpointError for an architecture that is not read
 */
export function decoderFields(raw: unknown, path: string): { readonly family: ModelFamily; readonly fields: ConfigFields } {
  const whole = ConfigFields.of(raw, path);
  refuseOwnCode(whole);
  const textType = textTypeOf(whole.get('model_type'));
  const text = whole.object('text_config');
  // Qwen2-VL and Qwen2.5-VL came with the decoder's fields at the top.
  if (textType !== null && (text || whole.get('num_hidden_layers') !== undefined)) return textFields(whole, text ?? whole.changed({ model_type: textType }), textType);
  if (text && whole.get('num_hidden_layers') === undefined) throw unsupported(whole, whole.get('model_type'));
  return familyFields(whole);
}

/** @throws CheckpointError */
function familyFields(config: ConfigFields): { readonly family: ModelFamily; readonly fields: ConfigFields } {
  const family = familyIn(config);
  const meant = Object.entries(family.otherKeys ?? {}).filter(([key]) => (config.get(key) ?? null) !== null).map(([key, means]) => [means, config.get(key)]);
  return { family, fields: config.changed(Object.fromEntries(meant)).withDefaults(defaultsOf(family, String(config.get('model_type')))) };
}

/**
 * Of multimodal checkpoints transformers goes by what they say themselves of tied embeddings, older versions by what `text_config` says. Where one says so,
 * a head that is there all the same is used (`headAsInFile`), so that neither is wrong.
 */
function textFields(whole: ConfigFields, text: ConfigFields, textType: string): { readonly family: ModelFamily; readonly fields: ConfigFields } {
  const { family, fields } = familyFields((text.get('model_type') ?? null) === null ? text.changed({ model_type: textType }) : text);
  const tied = whole.get('tie_word_embeddings') ?? family.multimodalTied ?? family.defaults.tie_word_embeddings;
  return { family, fields: fields.changed({ tie_word_embeddings: tied === true || text.get('tie_word_embeddings') === true }) };
}

/** Code of its makers that comes with it is not run: nobody knows what it computes. */
function refuseOwnCode(config: ConfigFields): void {
  const map = config.object('auto_map');
  const modelType = config.get('model_type');
  if (!map || familyOf(modelType) || textTypeOf(modelType) !== null) return;
  const code = map.keys().map((key) => map.get(key)).find((value) => typeof value === 'string');
  if (code === undefined) return; // a tokenizer's alone, which comes in a list
  throw new UnsupportedCheckpointError(`"${config.path}" is of architecture "${String(modelType)}", whose code comes with the checkpoint (auto_map: ${code}) and is not run here; choose a ${FAMILY_CHOICE} checkpoint.`);
}

/** @throws CheckpointError */
function familyIn(config: ConfigFields): ModelFamily {
  const [modelType, architectures] = [config.get('model_type') ?? null, config.get('architectures')];
  const family = familyOf(modelType);
  if (family) return family;
  if (modelType !== null) throw unsupported(config, modelType);
  const named = Array.isArray(architectures) && architectures.length > 0 ? ` (it names ${architectures.join(', ')})` : '';
  throw new CheckpointError(`"${config.path}" has no model_type${named}, which says how the weights are to be read; download config.json again, or add the line.`);
}

function unsupported(config: ConfigFields, modelType: unknown): UnsupportedCheckpointError {
  return new UnsupportedCheckpointError(`"${config.path}" is of architecture "${String(modelType)}", which is not supported${closestFamily(config)}; choose a ${FAMILY_CHOICE} checkpoint.`);
}
