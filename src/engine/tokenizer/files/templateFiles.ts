import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TokenizerError } from '../../base/errors';
import { isMissing, readTextFile } from '../../base/readTextFile';

/** Chat templates by name; `default` is for chat, `tool_use` for requests with tools. */
export type NamedTemplates = Readonly<Record<string, string>>;

const FOLDER = 'additional_chat_templates';
/** More are no templates of a checkpoint. */
const MOST_FILES = 64;

/**
 * The chat templates of a checkpoint folder, as transformers 5.24 finds them (tokenization_utils_base.py): chat_template.jinja and the files of
 * additional_chat_templates/ before the field of tokenizer_config.json (one template, a list or an object of named ones), that before chat_template.json of processors.
 * @param fields the field of each of the two files, the first one first
 * @throws TokenizerError for a template file that cannot be read
 */
export async function readTemplates(modelDir: string, fields: readonly unknown[]): Promise<NamedTemplates> {
  const names = (await folderEntries(join(modelDir, FOLDER))).filter((name) => name.endsWith('.jinja')).slice(0, MOST_FILES);
  const files = await Promise.all(['chat_template.jinja', ...names.map((name) => join(FOLDER, name))].map((name) => readTemplate(join(modelDir, name))));
  const found = [['default', files[0]] as const, ...names.map((name, i) => [name.slice(0, -'.jinja'.length), files[i + 1]] as const)].filter((entry): entry is readonly [string, string] => entry[1] !== null);
  if (found.length > 0) return Object.fromEntries(found);
  return fields.map(templatesIn).find((templates) => Object.keys(templates).length > 0) ?? {};
}

function templatesIn(field: unknown): NamedTemplates {
  if (typeof field === 'string') return { default: field };
  const named = Array.isArray(field)
    ? (field as { name?: unknown; template?: unknown }[]).map((entry) => [entry?.name, entry?.template])
    : typeof field === 'object' && field !== null ? Object.entries(field) : [];
  return Object.fromEntries(named.filter((entry): entry is [string, string] => entry.every((item) => typeof item === 'string')));
}

async function folderEntries(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch {
    return [];
  }
}

async function readTemplate(path: string): Promise<string | null> {
  try {
    return await readTextFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw new TokenizerError(`${path} cannot be read (${(error as Error).message.slice(0, 120)}): check that it is a file that you may read.`, { cause: error });
  }
}
