import { dirname } from 'node:path';
import { TokenizerError } from '../../base/errors';
import { readGgufHeader } from '../../gguf/ggufHeader';
import type { GgufMetadata } from '../../gguf/metadata';
import { folderFiles } from '../files/folderFiles';
import type { TokenizerFiles } from '../files/tokenizerFiles';
import { Fields, TOKEN_TYPES } from './fields';
import { settingsFiles, tokenizerFiles } from './tokenizerFiles';

/** Ids beyond it are refused in a sentence when the file is used. */
const MOST_IDS = 1 << 24;

/**
 * The tokenizer of a GGUF file: tokenizer.json beside it, with what else lies there, or else its metadata. What neither says is taken from the metadata.
 * @throws TokenizerError, CheckpointError
 */
export async function ggufFiles(path: string): Promise<TokenizerFiles> {
  const { metadata } = readGgufHeader(path);
  const beside = await folderFiles(dirname(path));
  if (!beside) return tokenizerFiles(metadata, path);
  checkBelongs(beside, metadata, path);
  const own = settingsFiles(metadata, path);
  return {
    ...beside,
    config: { ...own.config, ...beside.specialMap, ...beside.config },
    specialMap: null,
    generation: beside.generation ?? own.generation,
    templates: Object.keys(beside.templates).length > 0 ? beside.templates : own.templates,
  };
}

/** @throws TokenizerError where a file beside the model's is the tokenizer of another one */
function checkBelongs({ path: besidePath, tokenizerJson }: TokenizerFiles, metadata: GgufMetadata, path: string): void {
  const fields = new Fields(metadata, path);
  const { tokens } = fields;
  const types = fields.numbers('tokenizer.ggml.token_type');
  const there = tokensById(tokenizerJson);
  const spelled = (token: string | undefined) => token?.replaceAll('\u2581', ' ');
  for (let id = 0; id < Math.max(tokens.length, there.length); id++) {
    const isPadding = there[id] === undefined && (types?.[id] === TOKEN_TYPES.unused || tokens[id] === undefined);
    // Gemma 3's tokenizer.json names one token more than its text models have.
    const isBeyond = tokens[id] === undefined && id === tokens.length;
    if (isPadding || isBeyond || spelled(there[id]) === spelled(tokens[id])) continue;
    const shown = (token: string | undefined) => (token === undefined ? 'missing' : JSON.stringify(token.slice(0, 40)));
    throw new TokenizerError(`${besidePath} does not belong to "${path}" (token ${id} is ${shown(there[id])} in it, and ${shown(tokens[id])} in the model): put the model's own in its place, or take it away, and the model's metadata are used.`);
  }
}

function tokensById({ model, added_tokens: added }: Readonly<Record<string, unknown>>): readonly (string | undefined)[] {
  const vocab = (model as { readonly vocab?: unknown } | undefined)?.vocab;
  const entries: unknown[] = Array.isArray(vocab) ? vocab.map((entry: unknown, id) => [(entry as unknown[] | null)?.[0], id]) : Object.entries(vocab ?? {});
  const tokens: string[] = [];
  const all = [...entries, ...(Array.isArray(added) ? added.map((token: { content?: unknown; id?: unknown } | null) => [token?.content, token?.id]) : [])] as [unknown, unknown][];
  for (const [token, id] of all) if (typeof token === 'string' && typeof id === 'number' && id >= 0 && id < MOST_IDS) tokens[id] = token;
  return tokens;
}
