import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServedFile, ServedRepository } from './hubServer';
import { seededBytes } from './seededBytes';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const text = (content: string): ServedFile => ({ content: Buffer.from(content) });
const large = (bytes: number, seed: number): ServedFile => ({ content: seededBytes(bytes, seed), lfs: true });

/** A checkpoint as trainers push it, with what is not fetched beside it: PyTorch's copy of the weights, ONNX, pictures, a GGUF. */
export function checkpointRepository(weightBytes: readonly number[]): ServedRepository {
  const names = weightBytes.length === 1 ? ['model.safetensors'] : weightBytes.map((_, i) => `model-${String(i + 1).padStart(5, '0')}-of-${String(weightBytes.length).padStart(5, '0')}.safetensors`);
  return {
    commit: COMMIT,
    files: {
      '.gitattributes': text('*.safetensors filter=lfs'),
      'README.md': text('# A model'),
      'config.json': text('{"model_type":"llama"}'),
      'generation_config.json': text('{}'),
      'tokenizer.json': large(40_000, 90),
      'tokenizer_config.json': text('{"eos_token":"</s>"}'),
      'chat_template.jinja': text('{{ messages[0].content }}'),
      'additional_chat_templates/tool_use.jinja': text('{{ tools }}'),
      ...(names.length > 1 && { 'model.safetensors.index.json': text(JSON.stringify({ weight_map: Object.fromEntries(names.map((name, i) => [`layer.${i}`, name])) })) }),
      ...Object.fromEntries(names.map((name, i) => [name, large(weightBytes[i], i + 1)])),
      'pytorch_model.bin': large(5000, 91),
      'onnx/model.onnx': large(5000, 92),
      'consolidated.safetensors': large(5000, 93),
      'model-f16.gguf': large(5000, 94),
    },
  };
}

export function ggufRepository(): ServedRepository {
  return {
    commit: COMMIT,
    files: {
      'README.md': text('# Quantised'),
      'tiny-Q4_K_M.gguf': large(30_000, 1),
      'tiny-Q8_0-00001-of-00002.gguf': large(40_000, 2),
      'tiny-Q8_0-00002-of-00002.gguf': large(20_000, 3),
      'tiny-Q2_K-00001-of-00002.gguf': large(10_000, 4),
      'mmproj-tiny-f16.gguf': large(10_000, 5),
    },
  };
}

/** A small model's folder as a repository: the one that comes with the extension can be used after it was downloaded. */
export function traceletFiles(folder: string): ServedRepository {
  const names = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
  return { commit: COMMIT, files: Object.fromEntries(names.map((name) => [name, { content: readFileSync(join(folder, name)), lfs: name === 'model.safetensors' }])) };
}
