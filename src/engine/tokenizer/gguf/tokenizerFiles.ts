import type { GgufMetadata } from '../../gguf/metadata';
import type { NamedTemplates } from '../files/templateFiles';
import type { TokenizerFiles } from '../files/tokenizerFiles';
import { endIds } from './endTokens';
import { Fields } from './fields';
import { vocabularyJson } from './vocabularyJson';

/**
 * The tokenizer that the metadata of a GGUF file describe, in the form of a checkpoint's files.
 * Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, and llama.cpp's llama-vocab.cpp
 * @param path of the file, for messages
 * @throws TokenizerError
 */
export function tokenizerFiles(metadata: GgufMetadata, path: string): TokenizerFiles {
  return { tokenizerJson: vocabularyJson(new Fields(metadata, path)), ...settingsFiles(metadata, path) };
}

/** All but the vocabulary itself. @throws TokenizerError */
export function settingsFiles(metadata: GgufMetadata, path: string): Omit<TokenizerFiles, 'tokenizerJson'> {
  const fields = new Fields(metadata, path);
  return { path, config: specialTokens(fields), specialMap: null, generation: { eos_token_id: endIds(fields) }, model: null, templates: templates(fields) };
}

/** SentencePiece's, where a file with one does not say. */
const SENTENCE_PIECE: Readonly<Record<string, number>> = { unknown: 0, bos: 1, eos: 2 };

function specialTokens(fields: Fields): Record<string, string> {
  const defaults = fields.text('tokenizer.ggml.model') === 'llama' ? SENTENCE_PIECE : {};
  const names = { bos: 'bos', eos: 'eos', unknown: 'unk', padding: 'pad', seperator: 'sep', mask: 'mask' };
  return Object.fromEntries(Object.entries(names).flatMap(([key, name]) => {
    const id = fields.id(`tokenizer.ggml.${key}_token_id`) ?? defaults[key];
    const token = id === undefined ? undefined : fields.tokens[id];
    return token === undefined ? [] : [[`${name}_token`, token]];
  }));
}

function templates(fields: Fields): NamedTemplates {
  const key = 'tokenizer.chat_template';
  const named = [[key, 'default'] as const, ...fields.below(`${key}.`)];
  return Object.fromEntries(named.flatMap(([from, name]) => {
    const source = fields.text(from);
    return source === undefined ? [] : [[name, source]];
  }));
}
