import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TraceJob } from '../../../src/engine/attribution/methods/traceJob';
import { attribute } from '../../../src/engine/model/attribute';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { assertClose } from '../../support/assertClose';
import { bruteForceContributions, bruteForceImportance, Oracle } from '../../support/bruteForce';
import { DIST } from '../../support/folders';
import { GOLDEN_DIR, recordedCases } from '../../support/recordedCases';
import { traceJob } from '../../support/traceJob';


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

      async function runOf(tokens: readonly number[]): Promise<TraceState> {
        const state = new TraceState(model.checkpoint.config, promptLength - 1, tokens.length);
        await extendState(model, state, tokens);
        return state;
      }
      const run = () => runOf(ids);

      const job = (change: Partial<TraceJob>) => traceJob(ids.length, promptLength, 3, { method: 'logit-flow', hops: 0, ...change });

      it('contributions to a produced token equal the brute force', async () => {
        const state = await run();
        const rows = [promptLength - 1, promptLength, ids.length - 2];
        await (await model.logitContributions()).compute(state, rows, () => undefined);
        for (const row of rows) {
          const wanted = bruteForceContributions(oracle, forward, row, ids[row + 1]);
          const found = state.contributions.get(row)!.moved;
          assert.equal(found.length, row + 1, 'a row sees nothing beyond itself');
          assertClose(`row ${row}`, Array.from(found), Array.from(wanted.subarray(0, row + 1)), 1e-4);
        }
      });

      /** What raised and what lowered a token's logit, as parts of the sum of what raised it (what lowered it at most 1 together). */
      const parts = (token: number, other: number | null = null) => {
        const moved = bruteForceContributions(oracle, forward, token - 1, ids[token], other);
        const sum = (sign: number) => moved.reduce((total, x) => total + Math.max(0, sign * x), 0);
        return { raised: moved.map((x) => Math.max(0, x) / sum(1)), lowered: moved.map((x) => Math.max(0, -x) / Math.max(sum(1), sum(-1))) };
      };
      const weighted = (rows: readonly Float64Array[], weights: ArrayLike<number>) => {
        const total = new Float64Array(ids.length);
        rows.forEach((row, i) => row.forEach((x, j) => (total[j] += weights[i] * x)));
        return total;
      };
      const mass = (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0);
      const last = [3, 2, 1].map((back) => ids.length - back);

      it('logit flow follows them hop by hop', async () => {
        const { importance, carried, ratios } = await attribute(model, await run(), job({ hops: 1 }));
        const hop0 = weighted(last.map((token) => parts(token).raised), [1 / 3, 1 / 3, 1 / 3]);
        const inside = hop0.subarray(promptLength);
        const passed = mass(inside.map(Math.sqrt));
        const hop1 = weighted(Array.from(inside, (_, i) => parts(promptLength + i).raised), inside.map((x) => Math.sqrt(x) / passed));
        const ratio = mass(inside) / mass(hop0);
        assertClose('hop 0', Array.from(importance[0]), Array.from(hop0), 1e-4);
        assertClose('hop 1', Array.from(importance[1]), Array.from(hop1), 1e-4);
        assertClose('ratio', ratios[0], ratio, 1e-4);
        assertClose('carried', Array.from(carried[1]), Array.from(hop1, (x) => x * ratio), 1e-4);
      });

      it('follows what worked against them, too', async () => {
        const { against, carried } = await attribute(model, await run(), job({ hops: 1 }));
        const hop0 = weighted(last.map((token) => parts(token).lowered), [1 / 3, 1 / 3, 1 / 3]);
        assert.ok(hop0.some((x) => x > 0));
        const inside = Array.from({ length: ids.length - promptLength }, (_, i) => parts(promptLength + i));
        const lowering = weighted(inside.map(({ raised }) => raised), hop0.subarray(promptLength));
        // A hop takes on what the one before left in the recursion span.
        const passed = carried[0].subarray(promptLength).map(Math.sqrt);
        const scale = mass(carried[1]) / mass(passed);
        const hop1 = weighted(inside.map(({ lowered }) => lowered), passed.map((x) => x * scale)).map((x, j) => x + lowering[j]);
        assertClose('hop 0', Array.from(against![0]), Array.from(hop0), 1e-4);
        assertClose('hop 1', Array.from(against![1]), Array.from(hop1), 1e-4);
      });

      it('takes no work for stop tokens: they have no say in any hop', async () => {
        const keep = new Uint8Array(ids.length).fill(1);
        const stops = [promptLength + 1, ids.length - 2];
        for (const stop of stops) keep[stop] = 0;
        const state = await run();
        const { importance } = await attribute(model, state, job({ keep, hops: 2 }));
        assertClose('hop 0', Array.from(importance[0]), Array.from(weighted([3, 1].map((back) => parts(ids.length - back).raised), [1 / 2, 1 / 2])), 1e-4);
        assert.deepEqual(ids.map((_, token) => token).filter((token) => token >= promptLength && !state.contributions.has(token - 1)), stops);
      });

      it('a text that goes on otherwise keeps the rows before', async () => {
        const state = await run();
        await attribute(model, state, job({ hops: 1 }));
        const edited = [...ids.slice(0, -2), ids[promptLength], ids[promptLength]];
        const next = TraceState.continuing(state, edited, promptLength - 1, edited.length);
        const first = ids.length - 2;
        assert.deepEqual([...next.contributions.keys()].sort((a, b) => a - b), Array.from({ length: first - promptLength }, (_, i) => promptLength - 1 + i), 'not the row whose token is another one now');
        await extendState(model, next, edited);
        const [kept, anew] = [await attribute(model, next, job({ hops: 1 })), await attribute(model, await runOf(edited), job({ hops: 1 }))];
        kept.importance.forEach((hop, n) => { assertClose(`hop ${n}`, Array.from(hop), Array.from(anew.importance[n]), 1e-5); });
      });

      it('a contrast points from the other token to the one that was written', async () => {
        const position = ids.length - 1;
        const other = ids[promptLength];
        assert.notEqual(other, ids[position]);
        const { importance, against } = await attribute(model, await run(), job({ target: { start: position, end: position + 1 } }), {}, { position, other });
        const { raised, lowered } = parts(position, other);
        assertClose('for', Array.from(importance[0]), Array.from(raised), 1e-4);
        assertClose('against', Array.from(against![0]), Array.from(lowered), 1e-4);
      });

      it('FlashTrace on producing rows is FlashTrace one row earlier', async () => {
        const { importance } = await attribute(model, await run(), job({ method: 'flashtrace-producing' }));
        assertClose('hop 0', Array.from(importance[0]), Array.from(bruteForceImportance(forward.layers, ids.length - 4, [1, 1, 1])), 1e-4);
      });
    });
  }
});
