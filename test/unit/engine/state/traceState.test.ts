import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Checkpoint } from '../../../../src/engine/checkpoint/checkpoint';
import type { ModelSession } from '../../../../src/engine/decoder/modelSession';
import { ModelRuntime } from '../../../../src/engine/model/modelRuntime';
import type { RowStore } from '../../../../src/engine/state/rowStore';
import { StateStore } from '../../../../src/engine/state/stateStore';
import { TraceState } from '../../../../src/engine/state/traceState';
import { assertClose } from '../../../support/assertClose';
import { DIST } from '../../../support/folders';
import { GOLDEN_DIR, recordedCases } from '../../../support/recordedCases';

describe('trace state', () => {
  let model: ModelRuntime;
  let checkpoint: Checkpoint;
  let session: ModelSession;
  const { input_ids: ids, prompt_length: promptLength } = recordedCases('mistral-window').find(({ input_ids }) => input_ids.length > 80)!;

  before(async () => {
    model = await ModelRuntime.load(join(GOLDEN_DIR, 'mistral-window'), 'cpu', DIST);
    ({ checkpoint, session } = model);
  });
  after(() => model.dispose());

  async function run(firstRow: number, chunks: readonly number[]): Promise<TraceState> {
    const state = new TraceState(checkpoint.config, firstRow, ids.length);
    for (const rows of chunks) {
      await session.extend(state, ids.slice(state.length, state.length + rows));
      if (rows === 1) await session.readLogits(state); // as a generation does
    }
    await session.readLogits(state);
    return state;
  }

  function assertSame(label: string, found: TraceState, wanted: TraceState): void {
    const skip = wanted.firstRow - found.firstRow;
    const rows = (store: RowStore, start: number) => Array.from(store.rows(start, store.length));
    wanted.layers.forEach((layer, l) => {
      for (const [name, store] of Object.entries(layer.taps)) assertClose(`${label} ${name} ${l}`, rows(found.layers[l].taps[name], skip), rows(store, 0), 1e-5);
      for (const [name, store] of Object.entries(layer.columns)) assertClose(`${label} ${name} ${l}`, rows(found.layers[l].columns[name], 0), rows(store, 0), 1e-5);
    });
    assertClose(`${label} xFinal`, rows(found.xFinal, skip), rows(wanted.xFinal, 0), 1e-5);
    assertClose(`${label} logits`, Array.from(found.lastLogits), Array.from(wanted.lastLogits), 1e-5);
    assert.deepEqual(found.argmax.slice(skip), wanted.argmax, label);
    for (let i = wanted.firstRow + 1; i < ids.length; i++) assertClose(`${label} log P ${i}`, found.logProb(i, ids[i]), wanted.logProb(i, ids[i]), 1e-5);
  }

  it('is the same whatever the chunks', async () => {
    const whole = await run(promptLength - 1, [ids.length]);
    assertSame('in sevens', await run(promptLength - 1, Array.from({ length: Math.ceil(ids.length / 7) }, () => 7)), whole);
    assertSame('prompt, then token by token', await run(promptLength - 1, [promptLength, ...ids.slice(promptLength).map(() => 1)]), whole);
    assertSame('all rows tapped', await run(0, [30, ids.length - 30]), whole);
  });

  it('goes on from what another state shares with it, and is the same as when it is run whole', async () => {
    const changed = (at: number) => ids.map((id, i) => (i === at ? (id + 1) % checkpoint.config.dVocab : id));
    for (const [label, at, otherFirstRow] of [
      ['an edit in the prompt', 10, promptLength - 1],
      ['an edit of the last prompt token', promptLength - 1, promptLength - 1],
      ['an edit in the generation', promptLength + 6, promptLength - 1],
      ['a shorter prompt before the same text', promptLength + 6, promptLength + 2],
    ] as const) {
      const other = new TraceState(checkpoint.config, otherFirstRow, ids.length);
      await session.extend(other, changed(at));
      if (at % 2 === 0) await session.readLogits(other);
      const state = TraceState.continuing(other, ids, promptLength - 1, ids.length);
      assert.ok(state.length > 0 && state.length <= at, `${label}: ${state.length} rows were taken over`);
      await session.extend(state, ids.slice(state.length));
      await session.readLogits(state);
      assertSame(label, state, await run(promptLength - 1, [ids.length]));
    }
  });

  it('the store finds it: whole, to be extended, or as a beginning', async () => {
    const store = new StateStore(checkpoint.config);
    const taken: number[] = [];
    const acquire = (wanted: readonly number[]) => store.acquire(wanted, promptLength - 1, async (state) => {
      taken.push(state.length);
      if (state.length < wanted.length) await session.extend(state, wanted.slice(state.length));
    });
    const first = await acquire(ids.slice(0, -4));
    assert.equal(await acquire(ids.slice(0, -6)), first);
    assert.equal(await acquire(ids), first);
    const edited = ids.map((id, i) => (i === promptLength - 2 ? id + 1 : id));
    assert.notEqual(await acquire(edited), first);
    assert.deepEqual(taken, [0, ids.length - 4, promptLength - 2]);
    await assert.rejects(store.acquire([...edited.slice(0, 5), 7, 7, 7], 5, () => Promise.reject(new Error('no'))), /no/);
    assert.equal(await acquire(edited), await acquire(edited));
  });

  it('gives each token its probability: the softmax of the row before it', async () => {
    const state = await run(0, [ids.length]);
    const before = await run(0, [50]);
    assertClose('log P(token 50)', state.logProb(50, ids[50]), before.logProb(50, ids[50]), 1e-5);
    let total = 0;
    for (let id = 0; id < checkpoint.config.dVocab; id++) total += Math.exp(before.logProb(50, id));
    assertClose('sum of P over the vocabulary', total, 1, 1e-6);
    assert.ok(Number.isNaN(state.logProb(0, ids[0])), 'the first token is not predicted');
  });

  it('serves transcripts that agree with it, and no others', async () => {
    const state = await run(promptLength - 1, [ids.length]);
    assert.ok(state.matches(ids, promptLength - 1));
    assert.ok(state.matches(ids.slice(0, -3), promptLength - 1), 'a shorter transcript');
    assert.ok(state.matches([...ids, 3, 4], promptLength - 1), 'a longer transcript');
    assert.ok(state.matches(ids, promptLength + 2), 'a later generation');
    assert.ok(!state.matches(ids, promptLength - 5), 'rows that were not tapped');
    assert.ok(!state.matches(ids.map((id, i) => (i === 10 ? id + 1 : id)), promptLength - 1), 'another prompt');
  });
});
