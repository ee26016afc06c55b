import assert from 'node:assert/strict';
import { join } from 'node:path';
import { attentionBlocks } from '../../../../src/engine/attribution/inputs/attentionBlocks';
import { AttentionKeeper } from '../../../../src/engine/attribution/inputs/attentionKeeper';
import { StateSpanSource } from '../../../../src/engine/attribution/inputs/stateSpanSource';
import { CancelledError } from '../../../../src/engine/base/errors';
import type { AttentionMixer } from '../../../../src/engine/checkpoint/config/modelConfig';
import { extendState } from '../../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../../src/engine/model/modelRuntime';
import { contributionRow } from '../../../../src/engine/state/contributionRow';
import { TraceState } from '../../../../src/engine/state/traceState';
import { assertClose } from '../../../support/assertClose';
import { Oracle } from '../../../support/bruteForce';
import { eventually } from '../../../support/eventually';
import { DIST } from '../../../support/folders';
import { GOLDEN_DIR, recordedCases } from '../../../support/recordedCases';

const FAMILY = 'llama';

describe('what a trace state gives the tracer', () => {
  const { input_ids: ids, prompt_length: promptLength } = recordedCases(FAMILY).find(({ input_ids }) => input_ids.length > 80)!;
  let model: ModelRuntime;
  let state: TraceState;
  let forward: ReturnType<Oracle['forward']>;

  before(async () => {
    model = await ModelRuntime.load(join(GOLDEN_DIR, FAMILY), 'cpu', DIST);
    forward = (await Oracle.open(join(GOLDEN_DIR, FAMILY))).forward(ids);
  });
  after(() => model.dispose());
  beforeEach(async () => {
    state = new TraceState(model.checkpoint.config, promptLength - 1, ids.length);
    await extendState(model, state, ids);
  });

  const source = (checkCancelled: () => void = () => undefined) => new StateSpanSource(model.session, state, checkCancelled);

  async function assertLayers(start: number, weights: readonly (readonly number[])[], label: string): Promise<void> {
    const { nLayers, layers } = model.checkpoint.config;
    for (let layer = 0; layer < nLayers; layer++) {
      const { nHeads, nKvHeads } = layers[layer].mixer as AttentionMixer;
      const found = await source().layer(layer, weights.map((numbers) => ({ start, weights: Float64Array.from(numbers) })));
      const { pattern, xIn, xMid, v } = forward.layers[layer];
      const columns = start + weights[0].length;
      assert.equal(found.columns, columns);
      const mixed = (rows: readonly Float64Array[], numbers: readonly number[]) => Array.from(rows[0], (_, d) => numbers.reduce((acc, weight, i) => acc + weight * rows[start + i][d], 0));
      weights.forEach((numbers, s) => {
        const span = found.spans[s];
        assertClose(`${label}: attention ${layer}`, Array.from(span.attention), pattern.flatMap((rows) => mixed(rows, numbers).slice(0, columns)), 1e-4);
        assertClose(`${label}: xMid ${layer}`, Array.from(span.xMid), mixed(xMid, numbers), 1e-4);
        assertClose(`${label}: xIn ${layer}`, Array.from(span.xIn), mixed(xIn, numbers), 1e-4);
      });
      const values = Array.from({ length: columns }, (_, j) => Array.from({ length: nKvHeads }, (_unused, g) => Array.from(v[(g * nHeads) / nKvHeads][j])));
      assertClose(`${label}: values ${layer}`, Array.from(found.values!), values.flat(2), 1e-4);
    }
  }

  it('is the weighted rows of the run, one result for each span, whether its attention is kept, in part kept or not', async () => {
    const start = promptLength + 1;
    const weights = [[0.5, 0, 0.25, 0.25, 0, 0], [0, 1, 0, 0, 0, 0]];
    await assertLayers(start, weights, 'computed');
    const keeper = new AttentionKeeper(model.session.attention);
    await keeper.keep(state, [start + 1]);
    assert.ok(state.attention.has(0, start + 1));
    await assertLayers(start, weights, 'in part kept');
    await keeper.keep(state, Array.from({ length: ids.length - promptLength }, (_, i) => promptLength + i));
    await assertLayers(start, weights, 'kept');
    await assertLayers(ids.length - 2, [[0.5, 0.5]], 'the last rows');
  });

  it('computes no row that weighs nothing, or that weigh next to nothing together', async () => {
    const start = promptLength;
    const rows: number[][] = [];
    const session = model.session.attention;
    const counting = Object.create(session) as typeof session;
    counting.columnSums = (of, layer, block, weights) => {
      rows.push(Array.from(block));
      return session.columnSums(of, layer, block, weights);
    };
    const ask = (...weights: number[]) => new StateSpanSource({ attention: counting, recurrent: null }, state, () => undefined).layer(0, [{ start, weights: Float64Array.from(weights) }]);
    await ask(0.3, 0, 0.7);
    await ask(0.6, 3e-8, 0.4, 3e-8, 3e-8);
    await ask(6e-8, 1, 6e-8);
    assert.deepEqual(rows, [[start, start + 2], [start, start + 2], [start + 1, start + 2]], 'two of 6e-8 weigh more than may be left out');
    const none = await ask(0, 0);
    assert.ok(none.spans[0].attention.every((x) => x === 0));
    assert.equal(rows.length, 3, 'no row at all');
  });

  it('fills memory that is given back where it is large enough, and takes its own where it is not', async () => {
    const span = [{ start: promptLength, weights: Float64Array.of(1) }];
    const { values } = await source().layer(0, span);
    const [exact, larger, smaller] = [values!.byteLength, values!.byteLength + 64, values!.byteLength - 4].map((bytes) => new ArrayBuffer(bytes));
    for (const [spare, isTaken] of [[exact, true], [larger, true], [smaller, false]] as const) {
      const again = await source().layer(0, span, spare);
      assert.equal(again.values!.buffer === spare, isTaken);
      assert.deepEqual(Array.from(again.values!), Array.from(values!));
      assert.notEqual(again.values!.buffer, state.layers[0].columns.v.rows(0, 1).buffer, 'never the state\'s own memory');
    }
  });

  it('lets a cancel in between blocks of rows, kept or computed', async () => {
    const span = [{ start: promptLength, weights: Float64Array.of(0.5, 0.5) }];
    const cancelled = () => source(() => { throw new CancelledError(); }).layer(0, span);
    await assert.rejects(cancelled(), CancelledError);
    await new AttentionKeeper(model.session.attention).keep(state, [promptLength, promptLength + 1]);
    await assert.rejects(cancelled(), CancelledError);
  });

  it('gives the contributions of the row before each token, which produced it', async () => {
    const [one, two] = [contributionRow(Float32Array.of(1)), contributionRow(Float32Array.of(-2))];
    state.contributions.set(promptLength, one);
    state.contributions.set(promptLength + 3, two);
    assert.deepEqual(await source().contributions([promptLength + 4, promptLength + 1]), [two, one]);
  });

  it('comes in blocks of 64 rows at least, of 8 MiB otherwise, in order and whole', () => {
    const blocks = (nHeads: number, length: number, rows: number, bytes?: number) => Array.from(attentionBlocks(nHeads, length, Array.from({ length: rows }, (_, i) => 3 * i), bytes));
    assert.deepEqual(blocks(8, 1024, 600).map((block) => block.length), [256, 256, 88]);
    assert.deepEqual(blocks(8, 1024, 600).flat(), Array.from({ length: 600 }, (_, i) => 3 * i));
    assert.deepEqual(blocks(32, 1 << 20, 130).map((block) => block.length), [64, 64, 2]);
    assert.deepEqual(blocks(8, 1024, 256).map((block) => block.length), [256]);
    assert.deepEqual(blocks(1, 1024, 300, 1 << 19).map((block) => block.length), [128, 128, 44]);
    assert.deepEqual(blocks(1, 1024, 0), []);
  });

  describe('kept in the pauses', () => {
    const everyRow = () => Array.from({ length: ids.length - promptLength }, (_, i) => promptLength + i);
    const kept = (layer = 0) => ids.map((_, position) => position).filter((position) => state.attention.has(layer, position));

    it('is that of whole groups of 16 rows, as far as they are tapped and run, of every layer', async () => {
      assert.equal(await new AttentionKeeper(model.session.attention).keep(state, [promptLength, promptLength + 1, ids.length - 1]), true);
      const group = (position: number) => Math.floor(position / 16);
      const wanted = ids.map((_, position) => position).filter((position) => position >= promptLength - 1 && [group(promptLength), group(promptLength + 1), group(ids.length - 1)].includes(group(position)));
      for (let layer = 0; layer < model.checkpoint.config.nLayers; layer++) assert.deepEqual(kept(layer), wanted);
      const { bytes } = state.attention;
      await new AttentionKeeper(model.session.attention).keep(state, [promptLength]);
      assert.equal(state.attention.bytes, bytes, 'what is kept is not kept again');
    });

    it('stops where it is interrupted, and where there is no more room', async () => {
      const keeper = new AttentionKeeper(model.session.attention);
      let asked = 0;
      assert.equal(await keeper.keep(state, everyRow(), () => ++asked > 1), false);
      assert.deepEqual([kept(0).length > 0, kept(1).length], [true, 0]);
      state.attention.drop();
      const claims: number[] = [];
      state.attention.claim = (bytes) => claims.push(bytes) < 2;
      assert.equal(await keeper.keep(state, everyRow()), true);
      assert.deepEqual([kept(0).length > 0, kept(1).length, claims.length], [true, 0, 2]);
      const { nHeads } = model.checkpoint.config.layers[0].mixer;
      assert.equal(claims[0], 4 * nHeads * kept(0).length * ids.length);
    });

    it('is let go where it cannot be computed, and not tried again for that', async () => {
      const session = Object.create(model.session.attention) as typeof model.session.attention;
      let tries = 0;
      session.pattern = (...given) => (++tries === 2 ? Promise.reject(new Error('no memory')) : model.session.attention.pattern(...given));
      const keeper = new AttentionKeeper(session);
      await keeper.during(() => Promise.resolve(keeper.want(state, everyRow())));
      for (let i = 0; i < 30; i++) await new Promise(setImmediate);
      assert.deepEqual([tries, state.attention.bytes], [2, 0]);
      await keeper.stop();
    });

    it('is that of the latest wish: an earlier one is given up at its next block', async () => {
      const keeper = new AttentionKeeper(model.session.attention);
      const other = new TraceState(model.checkpoint.config, promptLength - 1, ids.length);
      await extendState(model, other, ids);
      await keeper.during(() => Promise.resolve(keeper.want(other, everyRow())));
      keeper.want(state, everyRow());
      await eventually('the attention of every row', () => state.attention.has(model.checkpoint.config.nLayers - 1, ids.length - 1));
      assert.equal(other.attention.has(model.checkpoint.config.nLayers - 1, ids.length - 1), false);
      await keeper.stop();
    });

    it('goes on with a wish that comes with the last block of another', async () => {
      const session = Object.create(model.session.attention) as typeof model.session.attention;
      const other = new TraceState(model.checkpoint.config, promptLength - 1, ids.length);
      await extendState(model, other, ids);
      const keeper = new AttentionKeeper(session);
      session.pattern = (of, layer, block) => {
        if (of === other && layer === model.checkpoint.config.nLayers - 1) keeper.want(state, everyRow());
        return model.session.attention.pattern(of, layer, block);
      };
      await keeper.during(() => Promise.resolve(keeper.want(other, everyRow())));
      await eventually('the attention of the second', () => state.attention.has(model.checkpoint.config.nLayers - 1, ids.length - 1));
      await keeper.stop();
    });

    it('stops for a request, and goes on after it; a stop forgets the wish', async () => {
      const session = Object.create(model.session.attention) as typeof model.session.attention;
      const keeper = new AttentionKeeper(session);
      let calls = 0;
      let end: () => void = () => undefined;
      let request: Promise<void> | null = null;
      session.pattern = (...given) => {
        if (++calls === 1) request = keeper.during(() => new Promise<void>((resolve) => { end = resolve; }));
        return model.session.attention.pattern(...given);
      };
      await keeper.during(() => Promise.resolve(keeper.want(state, everyRow())));
      await eventually('the first block', () => kept(0).length > 0);
      for (let i = 0; i < 30; i++) await new Promise(setImmediate);
      assert.deepEqual([calls, kept(1).length], [1, 0]);
      end();
      await request;
      await eventually('the rest', () => state.attention.has(model.checkpoint.config.nLayers - 1, ids.length - 1));
      await keeper.stop();
      state.attention.drop();
      await keeper.during(() => Promise.resolve(keeper.want(state, everyRow())));
      await keeper.stop();
      for (let i = 0; i < 30; i++) await new Promise(setImmediate);
      assert.ok(kept(model.checkpoint.config.nLayers - 1).length === 0);
    });

    it('waits for all requests that run at once, for those that fail, too', async () => {
      const keeper = new AttentionKeeper(model.session.attention);
      keeper.want(state, everyRow());
      let end: () => void = () => undefined;
      const long = keeper.during(() => new Promise<void>((resolve) => { end = resolve; }));
      await assert.rejects(keeper.during(() => Promise.reject(new Error('failed'))), /failed/);
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      assert.equal(state.attention.bytes, 0);
      end();
      await long;
      await eventually('the attention of every row', () => state.attention.has(model.checkpoint.config.nLayers - 1, ids.length - 1));
      await keeper.stop();
    });

    it('is none on other devices, where the product is quicker than its way back', async () => {
      const elsewhere = Object.create(model.session.attention, { provider: { value: 'webgpu' } }) as typeof model.session.attention;
      const keeper = new AttentionKeeper(elsewhere);
      await keeper.during(() => Promise.resolve(keeper.want(state, everyRow())));
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      assert.equal(state.attention.bytes, 0);
    });
  });
});
