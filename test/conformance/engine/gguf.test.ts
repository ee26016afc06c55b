import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { runTokenCase, type TokenCase, type TokenCaseResult } from '../../../src/evaluation/tokenCases';
import type { Precision } from '../../../src/protocol/engine/model';
import { assertClose } from '../../support/assertClose';
import { DATA, DIST } from '../../support/folders';
import { SCORE_FIELDS } from '../../support/recordedCases';
import { temporaryFolder } from '../../support/temporaryFolder';

const GGUF = join(DATA, 'gguf');

interface Expected {
  readonly last_logits: readonly number[];
  readonly log_probs: readonly number[];
  readonly argmax_per_position: readonly number[];
  readonly expected_fp64: Readonly<Record<string, TokenCaseResult>>;
}

/** Of the largest value. Weights of 8 bits are multiplied with activations of 16 (`Operators.splitProduct`), all others with fp32. */
const TOLERANCES = { 'exact': { logits: 1e-4, scores: 1e-4 }, 'as stored': { logits: 1e-3, scores: 2e-3 } };

for (const name of readdirSync(GGUF, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))) {
  describe(`GGUF files against fp64 on their dequantised weights: ${name}`, () => {
    const folder = temporaryFolder();
    const dir = join(GGUF, name);
    const { cases } = JSON.parse(readFileSync(join(dir, 'cases.json'), 'utf8')) as { cases: TokenCase[] };

    // Its directions are made of output projections that are dequantised in the graph.
    it('logit-flow of weights in blocks is that of the same weights in fp32', async () => {
      const [testCase] = cases;
      for (const file of readdirSync(dir).filter((entry) => /\.(Q4_0|Q4_1|Q8_0|Q5_K|Q4_K_M)\.gguf$/.test(entry))) {
        const found = await Promise.all((['exact', 'as stored'] as const).map(async (precision) => {
          const model = await ModelRuntime.load(join(dir, file), 'cpu', DIST, { precision, weightCache: { folder: folder(), budget: 1e9 } });
          try {
            return await runTokenCase(model, { ...testCase, method: 'logit-flow' });
          } finally {
            await model.dispose();
          }
        }));
        assertClose(file, found[1].per_hop_token_importance, found[0].per_hop_token_importance!, TOLERANCES['as stored'].scores);
      }
    });

    for (const file of readdirSync(dir).filter((entry) => entry.endsWith('.gguf'))) {
      const expected = JSON.parse(readFileSync(join(dir, file.replace(/\.gguf$/, '.expected.json')), 'utf8')) as Expected;

      for (const precision of ['exact', 'as stored'] as const satisfies Precision[]) {
        it(`${file}, ${precision}: logits, log probabilities and scores`, async () => {
          const tolerance = TOLERANCES[precision];
          const model = await ModelRuntime.load(join(dir, file), 'cpu', DIST, { precision, weightCache: { folder: folder(), budget: 1e9 } });
          try {
            for (const testCase of cases) {
              const { input_ids: ids } = testCase;
              const state = new TraceState(model.checkpoint.config, 0, ids.length);
              await extendState(model, state, ids);
              await model.session.readLogits(state);
              assertClose('logits', Array.from(state.lastLogits), expected.last_logits, tolerance.logits);
              assertClose('log probabilities', state.logProbs, expected.log_probs, tolerance.logits);
              assert.deepEqual(state.argmax, expected.argmax_per_position);
              const found = await runTokenCase(model, testCase);
              const wanted = expected.expected_fp64[testCase.name];
              for (const field of SCORE_FIELDS) if (wanted[field]) assertClose(`${testCase.name} ${field}`, found[field], wanted[field], tolerance.scores);
            }
          } finally {
            await model.dispose();
          }
        });
      }
    }
  });
}
