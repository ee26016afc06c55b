import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { LogitContributions } from '../../../../src/engine/attribution/inputs/logitContributions';
import { extendState } from '../../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../../src/engine/state/traceState';
import { assertClose } from '../../../support/assertClose';
import { bruteForceContributions, Oracle } from '../../../support/bruteForce';
import { DIST } from '../../../support/folders';
import { GOLDEN_DIR, recordedCases } from '../../../support/recordedCases';

// A value bias and grouped heads; an output embedding of its own.
for (const family of ['qwen2', 'llama']) {
  describe(`contributions to logits (${family})`, () => {
    const { input_ids: ids, prompt_length: promptLength } = recordedCases(family).find(({ input_ids }) => input_ids.length > 80)!;
    let model: ModelRuntime;
    let contributions: LogitContributions;
    let oracle: Oracle;
    let forward: ReturnType<Oracle['forward']>;
    let state: TraceState;
    const rows = Array.from({ length: ids.length - 1 }, (_, i) => i);

    before(async () => {
      model = await ModelRuntime.load(join(GOLDEN_DIR, family), 'cpu', DIST);
      contributions = await model.logitContributions();
      oracle = await Oracle.open(join(GOLDEN_DIR, family));
      forward = oracle.forward(ids);
    });
    after(async () => {
      await model.dispose();
    });
    beforeEach(async () => {
      state = new TraceState(model.checkpoint.config, 0, ids.length);
      await extendState(model, state, ids);
    });

    function assertRow(row: number): void {
      const { moved, raised, lowered } = state.contributions.get(row)!;
      const wanted = Array.from(bruteForceContributions(oracle, forward, row, ids[row + 1]).subarray(0, row + 1));
      assertClose(`row ${row}`, Array.from(moved), wanted, 1e-4);
      assertClose(`sums ${row}`, [raised, lowered], [1, -1].map((sign) => wanted.reduce((acc, x) => acc + Math.max(0, sign * x), 0)), 1e-4);
      assert.ok(moved.buffer instanceof SharedArrayBuffer, 'the tracer\'s thread reads it where it is');
    }

    it('are those of the definition for every row', async () => {
      await contributions.compute(state, rows, () => undefined);
      for (const row of [0, 1, promptLength, rows.length - 1]) assertRow(row);
    });

    if (family === 'llama') {
      it('are the same in blocks, tell how far they are, and may be stopped between two with what is done', async () => {
        const long = Array.from({ length: 20 }, () => ids).flat();
        const last = Array.from({ length: 90 }, (_, i) => long.length - 91 + i);
        const block = Math.floor((2 << 20) / (4 * model.checkpoint.config.layers[0].mixer.nHeads * long.length));
        assert.ok(block > 64 && block < last.length);
        state = new TraceState(model.checkpoint.config, last[0], long.length);
        await extendState(model, state, long);
        await assert.rejects(contributions.compute(state, last, (done) => { if (done > 0) throw new Error('enough'); }), /enough/);
        assert.deepEqual([...state.contributions.keys()], last.slice(0, block));
        state.contributions.clear();
        const told: number[][] = [];
        await contributions.compute(state, last, (...progress) => { if (progress[0] !== told.at(-1)?.[0]) told.push(progress); });
        assert.deepEqual(told, [[0, 90], [block, 90], [90, 90]]);
        const rowsOf = [last[0], last[block - 1], last[block], last[89]];
        const found = rowsOf.map((row) => Array.from(state.contributions.get(row)!.moved));
        state.contributions.clear();
        for (const [i, row] of rowsOf.entries()) {
          await contributions.compute(state, [row], () => undefined);
          assertClose(`row ${row}`, found[i], Array.from(state.contributions.get(row)!.moved), 1e-5);
        }
      });
    }

    it('are computed once', async () => {
      state = new TraceState(model.checkpoint.config, promptLength - 1, ids.length); // as a trace has it: rows of the generation alone
      await extendState(model, state, ids);
      await contributions.compute(state, [promptLength, promptLength + 5], () => undefined);
      const known = state.contributions.get(promptLength);
      const told: number[][] = [];
      await contributions.compute(state, [promptLength, promptLength + 1, promptLength + 5], (...progress) => { if (progress[0] !== told.at(-1)?.[0]) told.push(progress); });
      assert.equal(state.contributions.get(promptLength), known);
      assert.deepEqual(told, [[0, 1], [1, 1]]);
      assertRow(promptLength + 1);
    });

    it('of a comparison point away from the other token', async () => {
      const row = ids.length - 2;
      const other = ids[promptLength];
      const { moved } = await contributions.contrast(state, row, other);
      assertClose('contrast', Array.from(moved), Array.from(bruteForceContributions(oracle, forward, row, ids[row + 1], other).subarray(0, row + 1)), 1e-4);
      assert.equal(state.contributions.size, 0, 'it is no row of the state');
    });
  });
}
