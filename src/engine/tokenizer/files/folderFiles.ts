import { join } from 'node:path';
import { TokenizerError } from '../../base/errors';
import { lfsPointer } from '../../base/gitLfs';
import { isMissing, readTextFile } from '../../base/readTextFile';
import { readTemplates } from './templateFiles';
import type { Json, TokenizerFiles } from './tokenizerFiles';

/**
 * The files of a folder that a tokenizer is made of: tokenizer.json for ids; tokenizer_config.json, special_tokens_map.json, chat_template.jinja and
 * additional_chat_templates/ for special tokens and chat templates; generation_config.json and config.json for the ids that end a generation.
 * @returns null where there is no tokenizer.json; all others may be missing
 * @throws TokenizerError for unreadable and damaged files
 */
export async function folderFiles(dir: string): Promise<TokenizerFiles | null> {
  const tokenizerJson = await readJson(dir, 'tokenizer.json');
  if (!tokenizerJson) return null;
  const [config, specialMap, generation, model, processor] = await Promise.all([
    readJson(dir, 'tokenizer_config.json'),
    readJson(dir, 'special_tokens_map.json'),
    readJson(dir, 'generation_config.json'),
    readJson(dir, 'config.json'),
    readJson(dir, 'chat_template.json'),
  ]);
  const templates = await readTemplates(dir, [config?.chat_template, processor?.chat_template]);
  return { path: join(dir, 'tokenizer.json'), tokenizerJson, config, specialMap, generation, model, templates };
}

async function readJson(dir: string, name: string): Promise<Json | null> {
  const text = await readText(dir, name);
  if (text === null) return null;
  const pointer = lfsPointer(join(dir, name), text);
  if (pointer) throw new TokenizerError(pointer);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TokenizerError(`${join(dir, name)} is not readable JSON (${reason(error)}): it is damaged or was copied in part; copy it again.`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TokenizerError(`${join(dir, name)} holds no JSON object: it is damaged or another file; copy it again.`);
  }
  return value as Json;
}

async function readText(dir: string, name: string): Promise<string | null> {
  try {
    return await readTextFile(join(dir, name));
  } catch (error) {
    if (isMissing(error)) return null;
    throw new TokenizerError(`${join(dir, name)} cannot be read (${reason(error)}): check that it is a file that you may read.`, { cause: error });
  }
}

/** What is wrong, as a part of a sentence. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 120);
}
