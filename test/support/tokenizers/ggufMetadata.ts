import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GgufMetadata, GgufValue } from '../../../src/engine/gguf/metadata';
import { modelsFolder, type RealTokenizer } from './realTokenizers';

interface TokenizerJson {
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly (string | readonly [string, string])[] };
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
}

/**
 * The metadata that llama.cpp's converter writes for a real tokenizer: tokens by id with their types, padded rows, merges or, for SentencePiece, scores. tokenizer.json has no
 * scores: those here put the pieces into the order of its merges; -1000 is what the converter gives added tokens.
 * @param pre name of the pre-tokenizer; null for SentencePiece
 */
export function ggufMetadataOf(name: RealTokenizer, pre: string | null, changes: Readonly<Record<string, GgufValue>> = {}): GgufMetadata {
  const { model, added_tokens: added } = JSON.parse(readFileSync(join(modelsFolder(name), 'tokenizer.json'), 'utf8')) as TokenizerJson;
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  const types: number[] = tokens.map((token) => (pre === null && /^<0x[0-9A-F]{2}>$/.test(token) ? 6 : 1));
  for (const { id, content, special } of added) {
    tokens[id] = special ? content : content.replaceAll('\u2581', ' ');
    types[id] = special ? 3 : 4;
  }
  const rows = tokens.length + 8;
  for (let id = 0; id < rows; id++) {
    if (tokens[id] !== undefined) continue;
    tokens[id] = `[PAD${id}]`;
    types[id] = 5;
  }
  const addedIds = new Set(added.map(({ id }) => id));
  const rank = new Map(model.merges.map((merge, i) => [typeof merge === 'string' ? merge.replace(' ', '') : merge.join(''), i] as const).reverse());
  const merging: [string, GgufValue][] = pre === null
    ? [['tokenizer.ggml.model', 'llama'], ['tokenizer.ggml.scores', tokens.map((token, id) => (addedIds.has(id) ? -1000 : -(rank.get(token) ?? model.merges.length)))]]
    : [['tokenizer.ggml.model', 'gpt2'], ['tokenizer.ggml.pre', pre], ['tokenizer.ggml.merges', model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')))]];
  return new Map<string, GgufValue>([...merging, ['tokenizer.ggml.tokens', tokens], ['tokenizer.ggml.token_type', types], ...Object.entries(changes)]);
}
