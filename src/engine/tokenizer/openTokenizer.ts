import { Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TokenizerError } from '../base/errors';
import { withinTime } from '../base/timeLimit';
import { addedInConfig, checkedTokenizer } from './checkedTokenizer';
import { classTokens } from './classTokens';
import { folderFiles, reason } from './files/folderFiles';
import type { Json, TokenizerFiles } from './files/tokenizerFiles';
import { ggufFiles } from './gguf/ggufFiles';
import { placeholderIds } from './placeholders';
import { ENCODING_TIME, type EncodingTime } from './stepRunner';
import { Tokenizer } from './tokenizer';

/**
 * The tokenizer of a Hugging Face checkpoint folder or of a GGUF file.
 * @see folderFiles, ggufFiles for what is read
 *
 * @param path of the folder or file
 * @param encodingTime how long encoding may take; `ENCODING_TIME` by itself
 * @throws TokenizerError for missing, unreadable and damaged files
 * @throws CheckpointError for a file that is no GGUF file
 */
export async function openTokenizer(path: string, encodingTime = ENCODING_TIME): Promise<Tokenizer> {
  const files = await isFile(path) ? await ggufFiles(path) : await folderFiles(path);
  if (!files) throw new TokenizerError(`There is no tokenizer.json in ${path}: choose a Hugging Face checkpoint folder that holds one.`);
  return tokenizerOf(files, path, encodingTime);
}

/** @param modelDir folder of the checkpoint, or GGUF file @throws TokenizerError */
export function tokenizerOf(files: TokenizerFiles, modelDir: string, encodingTime = ENCODING_TIME): Tokenizer {
  const { config, specialMap, generation, model } = files;

  const library = construct(files, encodingTime);
  const specialTokens = specialTokenStrings({ ...classTokens(config?.tokenizer_class), ...specialMap, ...config });
  const eosTokenIds = new Set([generation, model, model?.text_config as Json | undefined].flatMap((source) => idList(source?.eos_token_id)));
  const eosId = library.token_to_id(specialTokens.eos_token ?? '');
  if (eosId !== undefined) eosTokenIds.add(eosId);

  return new Tokenizer(library, {
    modelDir,
    tokenizerPath: files.path,
    eosTokenIds: [...eosTokenIds],
    chatTemplates: files.templates,
    specialTokens,
    encodingTime,
    placeholderIds: placeholderIds(library, [config, config?.extra_special_tokens, config?.model_specific_special_tokens, model, model?.text_config].map(asObject)),
  });
}

function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : null;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // which file is missing or cannot be read is said by what reads it
  }
}

function construct({ path, tokenizerJson: json, config }: TokenizerFiles, { base, perCharacter }: EncodingTime): IdTokenizer {
  const tokenizerJson = checkedTokenizer(json, path);
  const added = tokenizerJson.added_tokens;
  // Some checkpoints list tokens in tokenizer_config.json only.
  const known = new Set(added.map(({ content }) => content));
  const missing = addedInConfig(config?.added_tokens_decoder, join(dirname(path), 'tokenizer_config.json')).filter(({ content }) => !known.has(content));
  try {
    // Added tokens are normalised then, by the patterns of the file; the 800,000 entries of the largest real file take two seconds.
    return withinTime(Math.ceil(base + entries(tokenizerJson.model) * perCharacter), () => lean(new IdTokenizer({ ...tokenizerJson, model: { ...tokenizerJson.model }, added_tokens: [...added, ...missing] }, config ?? {})));
  } catch (error) {
    throw new TokenizerError(
      `${path} cannot be used (${reason(error)}): it is damaged or of a kind that is not supported; ` +
      'copy it again or choose another checkpoint.', { cause: error });
  }
}

/**
 * Without the lists that the package has made its maps of and keeps, but does not read again (4.0: `config.vocab`, `config.merges` and `merges` of its models, which are those of the file): a third of a
 * vocabulary's memory.
 */
function lean(library: IdTokenizer): IdTokenizer {
  const model = library.model as unknown as { config: Json; merges?: unknown };
  delete model.config.vocab;
  delete model.config.merges;
  delete model.merges;
  return library;
}

function entries({ vocab, merges }: Json): number {
  return Object.keys(vocab as object).length + (Array.isArray(merges) ? merges.length : 0);
}

/** Special tokens are plain strings or objects with the string as `content`. */
function specialTokenStrings(source: Json): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (!name.endsWith('_token')) continue;
    const content = typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : value;
    if (typeof content === 'string') tokens[name] = content;
  }
  return tokens;
}

function idList(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isInteger(id));
}
