import { DownloadError } from '../../engine/base/errors';
import type { DownloadChoice, HubFile } from '../../protocol/hub/repository';
import { quantisations } from './quantisations';

/** What configuration, tokenizer and chat template are read from, here and by transformers. */
const TEXTS = new Set([
  'config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'tokenizer.model', 'special_tokens_map.json', 'added_tokens.json', 'vocab.json', 'merges.txt',
  'chat_template.jinja', 'chat_template.json',
]);
const TEMPLATE = /^additional_chat_templates\/[^/]+\.jinja$/;
const WEIGHTS = 'model.safetensors';
export const WEIGHTS_INDEX = 'model.safetensors.index.json';
/** Parts as `save_pretrained` and others number them; another name at the top may be a second copy in another layout ("consolidated") or an adapter. */
const WEIGHTS_PART = /^model-\d+-of-\d+\.safetensors$/;

/**
 * What of a repository is a model that can be read, each with the files that it needs and no others: the checkpoint of safetensors weights first, then GGUF models, the smallest first.
 * The single file of weights goes before an index, as in the reader.
 * @throws DownloadError for a repository without any
 */
export function choicesIn(repository: string, files: readonly HubFile[]): readonly DownloadChoice[] {
  const choices = [...checkpoint(files), ...quantisations(files)];
  if (choices.length === 0) {
    const kinds = [...new Set(files.flatMap(({ path }) => /\.(bin|pth?|onnx|h5|msgpack|npz|safetensors)$/.exec(path)?.[1] ?? []))];
    throw new DownloadError(`${repository} has neither a checkpoint (config.json, ${WEIGHTS} or its index) nor a GGUF file${kinds.length > 0 ? `, only weights of another kind (${kinds.map((kind) => `*.${kind}`).join(', ')})` : ''}; choose another repository of the model.`);
  }
  return choices;
}

function checkpoint(files: readonly HubFile[]): DownloadChoice[] {
  const names = new Set(files.map(({ path }) => path));
  if (!names.has('config.json') || !(names.has(WEIGHTS) || names.has(WEIGHTS_INDEX))) return [];
  const isWeights = names.has(WEIGHTS) ? (path: string) => path === WEIGHTS : (path: string) => path === WEIGHTS_INDEX || WEIGHTS_PART.test(path);
  return [{ kind: 'checkpoint', name: 'safetensors', files: files.filter(({ path }) => TEXTS.has(path) || TEMPLATE.test(path) || isWeights(path)) }];
}

/**
 * The choice that a name means. Without a name the checkpoint, or the only GGUF model.
 * @throws DownloadError
 */
export function chosenIn<T extends DownloadChoice>(repository: string, choices: readonly T[], name: string | null): T {
  const found = name === null
    ? choices.find(({ kind }) => kind === 'checkpoint') ?? (choices.length === 1 ? choices[0] : undefined)
    : choices.find((choice) => choice.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = choices.map((choice) => choice.name).join(', ');
  throw new DownloadError(name === null ? `${repository} has ${choices.length} GGUF models; choose one: ${repository}:${choices[0].name}, or another of ${names}.` : `${repository} has no "${name}"; choose one of ${names}.`);
}

/**
 * That an index names only weight files that are fetched.
 * @param text of model.safetensors.index.json
 * @throws DownloadError
 */
export function checkIndex(repository: string, text: string, files: readonly HubFile[]): void {
  let map: unknown;
  try {
    map = (JSON.parse(text) as { weight_map?: unknown } | null)?.weight_map;
  } catch {
    map = undefined;
  }
  if (typeof map !== 'object' || map === null) throw new DownloadError(`The ${WEIGHTS_INDEX} of ${repository} has no list of weights (weight_map); choose another repository of the model.`);
  const missing = [...new Set(Object.values(map).map(String))].filter((name) => !files.some(({ path }) => path === name));
  if (missing.length > 0) throw new DownloadError(`The ${WEIGHTS_INDEX} of ${repository} names ${JSON.stringify(missing[0])}, which is not among its numbered weight files; choose another repository of the model.`);
}
