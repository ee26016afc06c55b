import { Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import { join } from 'node:path';
import { TokenizerError } from '../base/errors';
import { lfsPointer } from '../base/gitLfs';
import { isMissing, readTextFile } from '../base/readTextFile';
import { withinTime } from '../base/timeLimit';
import { addedInConfig, checkedTokenizer } from './checkedTokenizer';
import { classTokens } from './classTokens';
import { ENCODING_TIME, type EncodingTime } from './stepRunner';
import { readTemplates } from './templateFiles';
import { Tokenizer } from './tokenizer';

type Json = Record<string, unknown>;


/**
 * The tokenizer of a Hugging Face checkpoint folder: tokenizer.json for ids; tokenizer_config.json,
 * special_tokens_map.json, chat_template.jinja and additional_chat_templates/ for special tokens and chat templates; generation_config.json and
 * config.json for the ids that end a generation. Only tokenizer.json has to be there.
 *
 * @param encodingTime how long encoding may take; `ENCODING_TIME` by itself
 * @throws TokenizerError for missing, unreadable and damaged files
 */
export async function openTokenizer(modelDir: string, encodingTime = ENCODING_TIME): Promise<Tokenizer> {
  const tokenizerJson = await readJson(modelDir, 'tokenizer.json');
  if (!tokenizerJson) {
    throw new TokenizerError(`There is no tokenizer.json in ${modelDir}: choose a Hugging Face checkpoint folder that holds one.`);
  }
  const [config, specialMap, generation, model, processor] = await Promise.all([
    readJson(modelDir, 'tokenizer_config.json'),
    readJson(modelDir, 'special_tokens_map.json'),
    readJson(modelDir, 'generation_config.json'),
    readJson(modelDir, 'config.json'),
    readJson(modelDir, 'chat_template.json'),
  ]);

  const library = construct(modelDir, tokenizerJson, config ?? {}, encodingTime);
  const specialTokens = specialTokenStrings({ ...classTokens(config?.tokenizer_class), ...specialMap, ...config });
  const eosTokenIds = new Set([generation, model, model?.text_config as Json | undefined].flatMap((source) => idList(source?.eos_token_id)));
  const eosId = library.token_to_id(specialTokens.eos_token ?? '');
  if (eosId !== undefined) eosTokenIds.add(eosId);

  return new Tokenizer(library, {
    modelDir,
    eosTokenIds: [...eosTokenIds],
    chatTemplates: await readTemplates(modelDir, [config?.chat_template, processor?.chat_template]),
    specialTokens,
    encodingTime,
  });
}

function construct(modelDir: string, json: Json, config: Json, { base, perCharacter }: EncodingTime): IdTokenizer {
  const path = join(modelDir, 'tokenizer.json');
  const tokenizerJson = checkedTokenizer(json, path);
  const added = tokenizerJson.added_tokens;
  // Some checkpoints list tokens in tokenizer_config.json only.
  const known = new Set(added.map(({ content }) => content));
  const missing = addedInConfig(config.added_tokens_decoder, join(modelDir, 'tokenizer_config.json')).filter(({ content }) => !known.has(content));
  try {
    // Added tokens are normalised then, by the patterns of the file; the 800,000 entries of the largest real file take two seconds.
    return withinTime(Math.ceil(base + entries(tokenizerJson.model) * perCharacter), () => new IdTokenizer({ ...tokenizerJson, added_tokens: [...added, ...missing] }, config));
  } catch (error) {
    throw new TokenizerError(
      `${path} cannot be used (${reason(error)}): it is damaged or of a kind that is not supported; ` +
      'copy it again or choose another checkpoint.', { cause: error });
  }
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

async function readJson(modelDir: string, name: string): Promise<Json | null> {
  const text = await readText(modelDir, name);
  if (text === null) return null;
  const pointer = lfsPointer(join(modelDir, name), text);
  if (pointer) throw new TokenizerError(pointer);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TokenizerError(`${join(modelDir, name)} is not readable JSON (${reason(error)}): it is damaged or was copied in part; copy it again.`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TokenizerError(`${join(modelDir, name)} holds no JSON object: it is damaged or another file; copy it again.`);
  }
  return value as Json;
}

async function readText(modelDir: string, name: string): Promise<string | null> {
  try {
    return await readTextFile(join(modelDir, name));
  } catch (error) {
    if (isMissing(error)) return null;
    throw new TokenizerError(`${join(modelDir, name)} cannot be read (${reason(error)}): check that it is a file that you may read.`, { cause: error });
  }
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 120);
}
