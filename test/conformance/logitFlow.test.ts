import assert from 'node:assert/strict';
import { join } from 'node:path';
import { attribute, extendState } from '../../src/engine/attribution';
import { ModelRuntime } from '../../src/engine/modelRuntime';
import { TraceState } from '../../src/engine/traceState';
import type { TraceJob } from '../../src/engine/tracer/traceJob';
import { bruteForceContributions, bruteForceImportance, Oracle } from '../support/bruteForce';
import { assertClose } from '../support/compare';
import { GOLDEN_DIR, recordedCases } from '../support/golden';
import { traceJob } from '../support/traceJob';

const DIST = join(__dirname, '..', '..', 'dist');

describe('methods on producing rows', () => {
  // A value bias, a sliding window, grouped heads, QK-norm; tied and untied output embeddings.
  for (const family of ['qwen2', 'mistral-window', 'qwen3-gqa8', 'qwen3', 'llama']) {
    describe(family, () => {
      const { input_ids: ids, prompt_length: promptLength } = recordedCases(family).find(({ input_ids }) => input_ids.length > 80)!;
      let model: ModelRuntime;
      let oracle: Oracle;
      let forward: ReturnType<Oracle['forward']>;

      before(async () => {
        model = await ModelRuntime.load(join(GOLDEN_DIR, family), 'cpu', DIST);
        oracle = await Oracle.open(join(GOLDEN_DIR, family));
        forward = oracle.forward(ids);
      });
      after(() => model.dispose());

      async function run(): Promise<TraceState> {
        const state = new TraceState(model.checkpoint.config, promptLength - 1, ids.length);
        await extendState(model, state, ids);
        return state;
      }

      const job = (change: Partial<TraceJob>) => traceJob(ids.length, promptLength, 3, { method: 'logit-flow', hops: 0, ...change });

      it('contributions to a produced token equal the brute force', async () => {
        const state = await run();
        const rows = [promptLength - 1, promptLength, ids.length - 2];
        await (await model.logitContributions()).compute(state, rows, () => undefined);
        for (const row of rows) {
          const wanted = bruteForceContributions(oracle, forward, row, ids[row + 1]);
          const found = state.contributions.get(row)!;
          assert.equal(found.length, row + 1, 'a row sees nothing beyond itself');
          assertClose(`row ${row}`, Array.from(found), Array.from(wanted.subarray(0, row + 1)), 1e-4);
        }
      });

      it('logit flow follows them hop by hop', async () => {
        const { importance, carried, ratios } = await attribute(model, await run(), job({ hops: 1 }));
        const row = (token: number) => {
          const moved = bruteForceContributions(oracle, forward, token - 1, ids[token]);
          const mass = moved.reduce((a, b) => a + b, 0);
          return moved.map((x) => x / mass);
        };
        const mean = (start: number, weights: readonly number[]) => {
          const total = new Float64Array(ids.length);
          const sum = weights.reduce((a, b) => a + b, 0);
          weights.forEach((w, i) => row(start + i).forEach((x, j) => (total[j] += (w / sum) * x)));
          return total;
        };
        const hop0 = mean(ids.length - 3, [1, 1, 1]);
        const inside = hop0.subarray(promptLength);
        const hop1 = mean(promptLength, Array.from(inside));
        const ratio = inside.reduce((a, b) => a + b, 0) / hop0.reduce((a, b) => a + b, 0);
        assertClose('hop 0', Array.from(importance[0]), Array.from(hop0), 1e-4);
        assertClose('hop 1', Array.from(importance[1]), Array.from(hop1), 1e-4);
        assertClose('ratio', ratios[0], ratio, 1e-4);
        assertClose('carried', Array.from(carried[1]), Array.from(hop1, (x) => x * ratio), 1e-4);
      });

      it('FlashTrace on producing rows is FlashTrace one row earlier', async () => {
        const { importance } = await attribute(model, await run(), job({ method: 'flashtrace-producing' }));
        assertClose('hop 0', Array.from(importance[0]), Array.from(bruteForceImportance(forward.layers, ids.length - 4, [1, 1, 1])), 1e-4);
      });
    });
  }
});
