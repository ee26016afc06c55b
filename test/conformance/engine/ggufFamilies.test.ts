import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GGUF_ARCHITECTURES } from '../../../src/engine/checkpoint/gguf/architectures/architectureRegistry';
import { readGgufHeader } from '../../../src/engine/gguf/ggufHeader';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { runTokenCase, type TokenCase, type TokenCaseResult } from '../../../src/evaluation/tokenCases';
import { assertClose } from '../../support/assertClose';
import { DATA, DIST } from '../../support/folders';
import { SCORE_FIELDS } from '../../support/recordedCases';

const FAMILIES = join(DATA, 'gguf-families');
const FILES = readdirSync(FAMILIES).filter((name) => name.endsWith('.gguf'));
/** Described by the same words as another that has a file here. */
const AS_ANOTHER: Readonly<Record<string, string>> = { qwen3vlmoe: 'qwen3moe', qwen3: 'qwen3vl' };

interface Expected {
  readonly sequences: readonly { readonly input_ids: readonly number[]; readonly last_logits: readonly number[]; readonly log_probs: readonly number[] }[];
  readonly cases: readonly (TokenCase & { readonly expected_fp64: TokenCaseResult })[];
}

describe('GGUF files of every family, written by llama.cpp\'s converter, against transformers', () => {
  for (const file of FILES) {
    it(file, async () => {
      const { sequences, cases } = JSON.parse(readFileSync(join(FAMILIES, file.replace(/\.gguf$/, '.expected.json')), 'utf8')) as Expected;
      const model = await ModelRuntime.load(join(FAMILIES, file), 'cpu', DIST, { precision: 'exact' });
      try {
        for (const { input_ids: ids, last_logits: logits, log_probs: logProbs } of sequences) {
          const state = new TraceState(model.checkpoint.config, 0, ids.length);
          await extendState(model, state, ids);
          await model.session.readLogits(state);
          within('logits', Array.from(state.lastLogits), logits, 2e-4);
          // Both sides are fp32: Qwen3.5 makes 2.5e-4 of its roundings, of the safetensors folder, too.
          within('log probabilities', state.logProbs, logProbs, 5e-4);
        }
        for (const testCase of cases) {
          const found = await runTokenCase(model, testCase);
          for (const field of SCORE_FIELDS) if (testCase.expected_fp64[field]) assertClose(`${testCase.name} ${field}`, found[field], testCase.expected_fp64[field], 1e-4);
        }
      } finally {
        await model.dispose();
      }
    });
  }

  it('every architecture that is read has a file', () => {
    const have = new Set(FILES.map((file) => readGgufHeader(join(FAMILIES, file)).metadata.get('general.architecture')));
    assert.deepEqual(GGUF_ARCHITECTURES.map(({ id }) => AS_ANOTHER[id] ?? id).filter((id) => !have.has(id)), []);
  });
});

/** |found - wanted| <= tolerance, everywhere. */
function within(label: string, found: readonly number[], wanted: readonly number[], tolerance: number): void {
  assert.equal(found.length, wanted.length);
  const largest = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0);
  assert.ok(largest <= tolerance, `${label}: ${largest} apart (allowed: ${tolerance})`);
}
