import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { readRows } from '../../../src/engine/checkpoint/weights/readTensor';
import { GGML_TYPES, type GgmlTypeName } from '../../../src/engine/gguf/ggmlTypes';
import type { GgufValue } from '../../../src/engine/gguf/metadata';
import { familyFile, writeGguf, type GgufModelTensor } from '../../support/ggufModel';
import { refusedOrDone, scratchFolder, textOf, type FuzzTarget } from './target';

/** Architectures that differ in kind: experts with biases, shared keys, Mamba, gated delta rules, fused and scaled ones. */
const SEEDS = ['gpt-oss', 'gemma4-e', 'granite4-hybrid', 'qwen3.5-mtp', 'ministral3', 'qwen3-next'];
/** Of all tensors together: what a file of zeros may seem to hold. */
const MOST_NUMBERS = 1 << 22;

/** What a GGUF file says: metadata of its architecture, and tensors by name, type and shape. */
interface Described {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tensors?: readonly unknown[];
}

/** The metadata and shapes of GGUF files of families: a checkpoint of them gives as many numbers as its shapes say. */
export const ggufFamilies: FuzzTarget = {
  name: 'ggufFamilies',
  cases: 2_000,
  seeds: () => SEEDS.map((name) => {
    const { metadata, tensors } = familyFile(name);
    return JSON.stringify({ metadata: Object.fromEntries([...metadata].filter(([key]) => !key.startsWith('tokenizer.'))), tensors: tensors.map(({ name: tensor, type, shape }) => [tensor, type, shape]) });
  }),
  words: ['"gemma3"', '"llama"', '"attention.head_count_kv"', '"rope.scaling.type"', '"yarn"', '"expert_count"', '"blk.0.attn_qkv.weight"', '"ffn_gate_up_exps"', '"rope_freqs.weight"'],
  run: async (input) => {
    const described = parsed(textOf(input));
    const tensors = (Array.isArray(described?.tensors) ? described.tensors : []).flatMap((entry) => tensorOf(entry) ?? []);
    if (tensors.reduce((sum, { data }) => sum + data.length, 0) > 4 * MOST_NUMBERS) return;
    const metadata = new Map(Object.entries(described?.metadata ?? {}).filter((entry): entry is [string, GgufValue] => isValue(entry[1])));
    const path = writeGguf(join(scratchFolder(), 'families.gguf'), { metadata, tensors }, true);
    const checkpoint = await refusedOrDone(() => openCheckpoint(path));
    for (const tensor of checkpoint?.tensors.values() ?? []) {
      const [rows, ...columns] = tensor.shape;
      assert.equal((await readRows(tensor, rows - 1, rows)).length, columns.reduce((a, b) => a * b, 1));
    }
  },
};

function parsed(text: string): Described | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Null for what no file could hold. */
function tensorOf(entry: unknown): GgufModelTensor | null {
  if (!Array.isArray(entry)) return null;
  const [name, type, shape] = entry as readonly unknown[];
  const known = [...GGML_TYPES.values()].find((ggml) => ggml.name === type);
  if (typeof name !== 'string' || !known || !Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return null;
  const count = (shape as readonly number[]).reduce((a, b) => a * b, 1);
  if (count > MOST_NUMBERS) return null;
  return { name, type: type as GgmlTypeName, shape: shape as readonly number[], data: new Uint8Array(Math.floor(count / known.blockSize) * known.blockBytes) };
}

function isValue(value: unknown): value is GgufValue {
  if (Array.isArray(value)) return value.every((entry) => isValue(entry) && typeof entry === typeof value[0]);
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
}
