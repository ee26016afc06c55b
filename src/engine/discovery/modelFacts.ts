import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelEntry } from '../../concepts/models/modelEntry';
import { readTextFile } from '../base/readTextFile';
import { commonest } from '../checkpoint/checkpoint';
import { ggmlTypeName } from '../gguf/ggmlTypes';
import { readGgufHeader } from '../gguf/ggufHeader';
import type { GgufMetadata } from '../gguf/metadata';
import { readTemplates } from '../tokenizer/files/templateFiles';

type Json = Readonly<Record<string, unknown>>;

/** What a model says of itself, as far as that can be read: also of one that cannot be opened. */
export type ModelFacts = Pick<ModelEntry, 'family' | 'precision' | 'contextLength' | 'hasChatTemplate'>;

const NO_FACTS: ModelFacts = { family: null, precision: null, contextLength: null, hasChatTemplate: null };

/** Names of types as config.json has them. */
const TYPES: Readonly<Record<string, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };
/** Of a name that a file gives; longer ones are none. */
const LONGEST_NAME = 40;

/** Facts of a checkpoint folder from its JSON files; never throws. */
export async function folderFacts(dir: string): Promise<ModelFacts> {
  const [config, tokenizer, processor] = await Promise.all(['config.json', 'tokenizer_config.json', 'chat_template.json'].map((name) => jsonIn(dir, name)));
  const inner = objectIn(config.text_config);
  const quantisation = objectIn(config.quantization_config ?? config.quantization);
  const stored = nameIn(config.dtype ?? config.torch_dtype ?? inner.dtype ?? inner.torch_dtype);
  return {
    family: nameIn(config.model_type),
    precision: nameIn(quantisation.quant_method) ?? (stored === null ? null : TYPES[stored] ?? stored),
    contextLength: lengthIn(config.max_position_embeddings ?? inner.max_position_embeddings),
    hasChatTemplate: await readTemplates(dir, [tokenizer.chat_template, processor.chat_template]).then((templates) => Object.keys(templates).length > 0, () => null),
  };
}

/** Facts of a GGUF file from its header, and what it says of its use; never throws. */
export function ggufFacts(path: string): { readonly facts: ModelFacts; readonly metadata: GgufMetadata } {
  try {
    const { metadata, tensors } = readGgufHeader(path, { longArrays: false });
    const family = nameIn(metadata.get('general.architecture'));
    return {
      facts: {
        family,
        precision: commonest(tensors.map(({ type, shape }) => [typeof type === 'number' ? ggmlTypeName(type) : type, shape.reduce((a, b) => a * b, 1)])),
        contextLength: lengthIn(metadata.get(`${family}.context_length`)),
        hasChatTemplate: [...metadata.keys()].some((key) => key.startsWith('tokenizer.chat_template')),
      },
      metadata,
    };
  } catch {
    return { facts: NO_FACTS, metadata: new Map() }; // opening it says what is wrong
  }
}

async function jsonIn(dir: string, name: string): Promise<Json> {
  return readTextFile(join(dir, name)).then((text) => objectIn(JSON.parse(text)), () => ({})).catch(() => ({}));
}

function objectIn(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : {};
}

function nameIn(value: unknown): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME ? value : null;
}

function lengthIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** Sizes together and the latest change of files; of those that are gone, nothing. */
export async function sizeOf(files: readonly string[]): Promise<{ readonly bytes: number; readonly mtime: number }> {
  const found = await Promise.all(files.map((file) => stat(file).catch(() => null)));
  return { bytes: found.reduce((sum, file) => sum + (file?.size ?? 0), 0), mtime: Math.max(0, ...found.map((file) => Math.floor(file?.mtimeMs ?? 0))) };
}

/** Files of a folder that look like weights: what counts as its size where it cannot be opened. */
export async function weightFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => /\.(safetensors|bin|pth?|h5|msgpack|gguf)$/.test(name)).map((name) => join(dir, name));
}
