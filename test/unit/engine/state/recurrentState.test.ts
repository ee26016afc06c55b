import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseModelConfig } from '../../../../src/engine/checkpoint/parseModelConfig';
import { ModelRuntime } from '../../../../src/engine/model/modelRuntime';
import type { RowStore } from '../../../../src/engine/state/rowStore';
import { StateStore } from '../../../../src/engine/state/stateStore';
import { sharedRows, TraceState } from '../../../../src/engine/state/traceState';
import { assertClose } from '../../../support/assertClose';
import { DATA, DIST } from '../../../support/folders';
import { seededUniform } from '../../../support/seededRandom';

const N = 100;
const PROMPT = 60;

// Gated delta rules, Mamba-2 and short convolutions, each beside attention.
for (const family of ['qwen3.5', 'granite4-hybrid', 'lfm2']) {
  describe(`trace state of recurrent layers (${family})`, () => {
    let model: ModelRuntime;
    let ids: number[];

    before(async () => {
      model = await ModelRuntime.load(join(DATA, 'families', family), 'cpu', DIST);
      const uniform = seededUniform(5);
      ids = Array.from({ length: N }, () => Math.floor(uniform() * model.checkpoint.config.dVocab));
    });
    after(() => model.dispose());

    const edited = (at: number) => ids.map((id, i) => (i === at ? (id + 1) % model.checkpoint.config.dVocab : id));
    const firstRow = PROMPT - 1;

    async function run(chunks: readonly number[], of: readonly number[] = ids, first = firstRow): Promise<TraceState> {
      const state = new TraceState(model.checkpoint.config, first, N);
      for (const rows of chunks) await model.session.extend(state, of.slice(state.length, state.length + rows));
      return state;
    }

    async function assertSame(label: string, found: TraceState, wanted: TraceState): Promise<void> {
      const rows = (store: RowStore) => Array.from(store.rows(0, store.length));
      assert.deepEqual(found.ids, wanted.ids, label);
      wanted.layers.forEach(({ columns, taps }, l) => {
        for (const [name, store] of Object.entries(columns)) assertClose(`${label}: ${name} ${l}`, rows(found.layers[l].columns[name]), rows(store), 1e-4);
        for (const [name, store] of Object.entries(taps)) assertClose(`${label}: ${name} ${l}`, rows(found.layers[l].taps[name]), rows(store), 1e-4);
        for (const [name, carried] of Object.entries(wanted.carried[l])) assertClose(`${label}: carried ${name} ${l}`, Array.from(found.carried[l][name]), Array.from(carried), 1e-4);
      });
      for (const state of [found, wanted]) await model.session.readLogits(state);
      assertClose(`${label}: logits`, Array.from(found.lastLogits), Array.from(wanted.lastLogits), 1e-4);
      assert.deepEqual(found.argmax, wanted.argmax, label);
    }

    it('is the same whatever the chunks: states and last inputs are carried from each to the next', async () => {
      const whole = await run([N]);
      await assertSame('in sevens', await run(Array.from({ length: Math.ceil(N / 7) }, () => 7)), whole);
      await assertSame('the prompt, then token by token', await run([PROMPT, ...new Array<number>(N - PROMPT).fill(1)]), whole);
      await assertSame('shorter than a convolution', await run([1, 2, 1, N - 4]), whole);
    });

    it('begins with nothing, and a run leaves what it carried where sixteen rows or more end', async () => {
      const fresh = new TraceState(model.checkpoint.config, firstRow, N);
      const arrays = fresh.carried.flatMap((layer) => Object.values(layer));
      assert.ok(arrays.length > 0 && arrays.every((array) => array.every((x) => x === 0)));
      const state = await run([20, 15, 16, 1, 1]);
      assert.deepEqual([19, 20, 35, 50, 51, 53].map((length) => state.snapshots.before(length)?.length ?? null), [null, 20, 20, 20, 51, 51]);
      assert.ok(state.carried.flatMap((layer) => Object.values(layer)).some((array) => array.some((x) => x !== 0)));
    });

    it('shares rows up to the last moment before what differs, and all of them where nothing does', async () => {
      const state = await run([20, 15, 16, 1, N - 52]);
      const shared = (of: readonly number[], first = firstRow) => sharedRows(state, of, first, N);
      assert.deepEqual([0, 19, 20, 40, 50, 51, 99].map((at) => shared(edited(at))), [0, 0, 20, 20, 20, 51, 51]);
      assert.equal(shared(ids), N);
      assert.equal(shared([...ids, 1, 2]), N, 'the whole run is a beginning');
      assert.equal(shared(ids.slice(0, 70)), 51, 'a beginning of the run');
      assert.equal(shared(ids.slice(0, 10)), 0);
      assert.equal(shared(ids, firstRow - 5), 51, 'rows that were not tapped');
    });

    it('goes on from what another shares with it, and is the same as when it is run whole', async () => {
      const whole = await run([N]);
      for (const [label, at, first] of [
        ['an edit before the first moment', 10, firstRow], ['an edit at a moment', 20, firstRow], ['an edit between two', 45, firstRow],
        ['an edit in the generation', 70, firstRow], ['an edit at the end', N - 1, firstRow], ['a shorter prompt before the same text', N - 1, firstRow + 5], ['a longer one', N - 1, firstRow - 5],
      ] as const) {
        const other = await run([20, 20, 25, N - 65], edited(at), first);
        const before = structuredClone(other.carried);
        const state = TraceState.continuing(other, ids, firstRow, N);
        assert.equal(state.length, sharedRows(other, ids, firstRow, N), label);
        assert.ok(state.length <= at);
        assert.equal(state.snapshots.before(N)?.length ?? 0, state.length, 'the moments that it begins with are its own');
        await model.session.extend(state, ids.slice(state.length));
        await assertSame(label, state, whole);
        assert.deepEqual(other.carried, before, 'what the other carries is as it was');
        const again = TraceState.continuing(state, edited(at), firstRow, N);
        assert.equal(again.length, sharedRows(state, edited(at), firstRow, N));
      }
    });

    it('goes on from all of a run that is a beginning, where that ended between two moments', async () => {
      const beginning = await run([20, 20, 5]);
      const state = TraceState.continuing(beginning, ids, firstRow, N);
      assert.equal(state.length, 45);
      assert.equal(state.carried, beginning.carried);
      await model.session.extend(state, ids.slice(45));
      await assertSame('from between', state, await run([N]));
    });

    it('counts the bytes of what it carries, and of its moments once each', async () => {
      const stores = (state: TraceState) => state.layers.flatMap(({ columns, taps }) => [...Object.values(columns), ...Object.values(taps)]).reduce((sum, { bytes }) => sum + bytes, state.xFinal.bytes);
      const carried = (state: TraceState) => state.carried.flatMap((layer) => Object.values(layer)).reduce((sum, { byteLength }) => sum + byteLength, 0);
      for (const [chunks, copies] of [[[], 1], [[20], 1], [[20, 1], 2], [[20, 20, 20], 3], [[20, 20, 20, 5], 4]] as const) {
        const state = await run(chunks);
        assert.equal(state.bytes, stores(state) + copies * carried(state), chunks.join());
      }
    });

    it('serves shorter and longer transcripts, and the store finds what another shares', async () => {
      const state = await run([20, 20, N - 40]);
      assert.ok(state.matches(ids.slice(0, -3), firstRow) && state.matches([...ids, 3], firstRow) && !state.matches(edited(10), firstRow));
      const store = new StateStore(model.checkpoint.config);
      const begun: number[] = [];
      const acquire = (wanted: readonly number[]) => store.acquire(wanted, firstRow, async (one) => {
        begun.push(one.length);
        while (one.length < wanted.length) await model.session.extend(one, wanted.slice(one.length, one.length + 20));
      });
      await acquire(ids);
      await acquire(edited(50));
      await acquire(edited(5));
      await acquire(edited(N - 1));
      assert.deepEqual(begun, [0, 40, 0, 80]);
    });
  });
}

describe('trace state of RoPE that goes by the length', () => {
  const base = { model_type: 'phi3', vocab_size: 8, hidden_size: 8, intermediate_size: 8, num_hidden_layers: 1, num_attention_heads: 1, max_position_embeddings: 40, rope_theta: 10_000 };
  const longrope = parseModelConfig({ ...base, original_max_position_embeddings: 10, rope_scaling: { type: 'longrope', short_factor: [1, 1, 1, 1], long_factor: [4, 4, 4, 4] } }, 'config.json');
  const dynamic = parseModelConfig({ ...base, rope_scaling: { type: 'dynamic', factor: 2 }, max_position_embeddings: 10 }, 'config.json');
  const ids = Array.from({ length: 30 }, (_, i) => i % 8);

  /** As a run leaves it, with numbers that nobody looks at. */
  function filled(config: typeof longrope, length: number, expected = length): TraceState {
    const state = new TraceState(config, 2, expected);
    for (const { columns, taps } of state.layers) {
      for (const store of Object.values(columns)) store.append(new Float32Array(length * store.width));
      for (const store of Object.values(taps)) store.append(new Float32Array((length - 2) * store.width));
    }
    state.xFinal.append(new Float32Array((length - 2) * 8));
    state.ids.push(...ids.slice(0, length));
    return state;
  }

  it('is that of texts on one side of the original context', () => {
    const [short, long] = [filled(longrope, 8), filled(longrope, 20)];
    assert.deepEqual([short.ropeLength, long.ropeLength, filled(longrope, 8, 12).ropeLength], [0, 11, 11], 'the expected length counts');
    assert.deepEqual([8, 10, 11].map((length) => short.matches(ids.slice(0, length), 2)), [true, true, false]);
    assert.deepEqual([8, 10, 11, 30].map((length) => long.matches(ids.slice(0, length), 2)), [false, false, true, true]);
    assert.deepEqual([10, 11].map((length) => sharedRows(short, ids.slice(0, length), 2, length)), [8, 0]);
    assert.deepEqual([10, 11].map((length) => sharedRows(long, ids.slice(0, length), 2, length)), [0, 11]);
    assert.equal(TraceState.continuing(short, ids, 2, 30).length, 0, 'nothing is taken over');
    assert.equal(TraceState.continuing(long, ids.slice(0, 25), 2, 25).length, 20);
  });

  it('is that of one length beyond the context, where the base grows with it', () => {
    const [within, beyond] = [filled(dynamic, 8), filled(dynamic, 20)];
    assert.deepEqual([5, 8, 10, 11].map((length) => within.matches(ids.slice(0, length), 2)), [true, true, true, false]);
    assert.deepEqual([10, 19, 20, 21].map((length) => beyond.matches(ids.slice(0, length), 2)), [false, false, true, false]);
    assert.deepEqual([20, 21].map((length) => sharedRows(beyond, ids.slice(0, length), 2, length)), [20, 0]);
  });
});
