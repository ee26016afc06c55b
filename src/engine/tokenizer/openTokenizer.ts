import { Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TokenizerError } from '../base/errors';
import { lfsPointer } from '../base/gitLfs';
import { classTokens } from './classTokens';
import { readTemplates } from './templateFiles';
import { Tokenizer } from './tokenizer';

type Json = Record<string, unknown>;

/**
 * The tokenizer of a Hugging Face checkpoint folder: tokenizer.json for ids; tokenizer_config.json,
 * special_tokens_map.json, chat_template.jinja and additional_chat_templates/ for special tokens and chat templates; generation_config.json and
 * config.json for the ids that end a generation. Only tokenizer.json has to be there.
 *
 * @throws TokenizerError for missing, unreadable and damaged files
 */
export async function openTokenizer(modelDir: string): Promise<Tokenizer> {
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

  const library = construct(modelDir, tokenizerJson, config ?? {});
  const specialTokens = specialTokenStrings({ ...classTokens(config?.tokenizer_class), ...specialMap, ...config });
  const eosTokenIds = new Set([generation, model, model?.text_config as Json | undefined].flatMap((source) => idList(source?.eos_token_id)));
  const eosId = library.token_to_id(specialTokens.eos_token ?? '');
  if (eosId !== undefined) eosTokenIds.add(eosId);

  return new Tokenizer(library, {
    modelDir,
    eosTokenIds: [...eosTokenIds],
    chatTemplates: await readTemplates(modelDir, [config?.chat_template, processor?.chat_template]),
    specialTokens,
  });
}

function construct(modelDir: string, tokenizerJson: Json, config: Json): IdTokenizer {
  const { model } = tokenizerJson;
  if (typeof model !== 'object' || model === null || !('vocab' in model)) {
    throw new TokenizerError(`${join(modelDir, 'tokenizer.json')} holds no vocabulary ("model"): it is damaged or no tokenizer file; copy it again.`);
  }
  const added = Array.isArray(tokenizerJson.added_tokens) ? (tokenizerJson.added_tokens as { id: number; content: string }[]) : [];
  // Some checkpoints list tokens in tokenizer_config.json only.
  const known = new Set(added.map(({ content }) => content));
  const decoder = Object.entries((config.added_tokens_decoder ?? {}) as Record<string, { content: string }>);
  const missing = decoder.filter(([, { content }]) => !known.has(content)).map(([id, token]) => ({ ...token, id: Number(id) }));
  try {
    return new IdTokenizer(
      { decoder: null, post_processor: null, pre_tokenizer: null, normalizer: null, ...tokenizerJson, added_tokens: [...added, ...missing] },
      config,
    );
  } catch (error) {
    throw new TokenizerError(
      `${join(modelDir, 'tokenizer.json')} cannot be used (${reason(error)}): it is damaged or of a kind that is not supported; ` +
      'copy it again or choose another checkpoint.', { cause: error });
  }
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
    return await readFile(join(modelDir, name), 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new TokenizerError(`${join(modelDir, name)} cannot be read (${reason(error)}): check that it is a file that you may read.`, { cause: error });
  }
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 120);
}
