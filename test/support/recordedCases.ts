import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCase, TokenCaseResult } from '../../src/evaluation/tokenCases';
import { DATA } from './folders';

export const GOLDEN_DIR = join(DATA, 'golden');
export const GOLDEN_NAMES = readdirSync(GOLDEN_DIR, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();

/** A recorded case: `expected` from the reference package (fp32), `expected_fp64` from the NumPy reference. */
export type RecordedCase = TokenCase & { readonly expected: TokenCaseResult; readonly expected_fp64: TokenCaseResult };

/** Result fields that hold scores. */
export const SCORE_FIELDS = ['per_hop_token_importance', 'observation_per_hop', 'observation_sum', 'thinking_ratios', 'token_importance_total', 'token_importance_matrix'] as const;

export function recordedCases(name: string): RecordedCase[] {
  return (JSON.parse(readFileSync(join(GOLDEN_DIR, name, 'cases.json'), 'utf8')) as { cases: RecordedCase[] }).cases;
}
