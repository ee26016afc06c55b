import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCase, TokenCaseResult } from '../../src/evaluation/tokenCases';
import { parseQuantisation } from '../../src/engine/checkpoint/weights/quantised/quantisation';
import { openSafetensors } from '../../src/engine/checkpoint/weights/safetensorsFolder';
import type { WeightSource } from '../../src/engine/checkpoint/weights/weightSource';
import { DATA } from './folders';

export const QUANTISED_DIR = join(DATA, 'quantised');
/** The checkpoints of test/data/quantised. */
export const QUANTISED_NAMES = readdirSync(QUANTISED_DIR, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();

/** What stands in expected.json of a quantised checkpoint. */
export interface ExpectedWeights {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly sha256_f32: string; readonly sum: number; readonly abs_sum: number }>>;
  /** Of a whole model. */
  readonly last_logits?: readonly number[];
  readonly argmax_per_position?: readonly number[];
  readonly case?: TokenCase & { readonly expected_fp64: TokenCaseResult };
}

export function expectedWeights(name: string): ExpectedWeights {
  return JSON.parse(readFileSync(join(QUANTISED_DIR, name, 'expected.json'), 'utf8')) as ExpectedWeights;
}

/** The weights of a folder by its config.json, whatever the model is. */
export function openWeights(dir: string): Promise<WeightSource> {
  const path = join(dir, 'config.json');
  return openSafetensors(dir, parseQuantisation(JSON.parse(readFileSync(path, 'utf8')), path));
}
