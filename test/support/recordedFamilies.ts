import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCase, TokenCaseResult } from '../../src/evaluation/tokenCases';
import { DATA } from './folders';

export const FAMILIES_DIR = join(DATA, 'families');
/** Folders with a checkpoint and recorded cases. */
export const FAMILY_FOLDERS = readdirSync(FAMILIES_DIR, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();

export interface RecordedSequence {
  readonly input_ids: readonly number[];
  /** Of the last position. */
  readonly last_logits: readonly number[];
  /** Of every token but the first. */
  readonly log_probs: readonly number[];
}

export interface RecordedFamily {
  readonly sequences: readonly RecordedSequence[];
  readonly cases: readonly (TokenCase & { readonly expected_fp64: TokenCaseResult })[];
  /** What every column moved the logit of the token that a row produced by, [rows][tokens]. */
  readonly moved: { readonly sequence: number; readonly rows: readonly number[]; readonly values: readonly (readonly number[])[] };
}

export function recordedFamily(folder: string): RecordedFamily {
  const { sequences, cases, moved } = JSON.parse(readFileSync(join(FAMILIES_DIR, folder, 'cases.json'), 'utf8')) as Omit<RecordedFamily, 'cases'> & { cases: (TokenCase & { sequence?: number; expected_fp64: TokenCaseResult })[] };
  // A case may name the sequence that it is of, in place of its ids.
  return { sequences, moved, cases: cases.map((recorded) => (recorded.sequence === undefined ? recorded : { ...sequences[recorded.sequence], ...recorded })) };
}
