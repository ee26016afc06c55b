import assert from 'node:assert/strict';
import { join } from 'node:path';
import { AttentionKeeper } from '../../../../src/engine/attribution/inputs/attentionKeeper';
import type { TraceJob } from '../../../../src/engine/attribution/methods/traceJob';
import { attribute } from '../../../../src/engine/model/attribute';
import { extendState } from '../../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../../src/engine/model/modelRuntime';
import { StateStore } from '../../../../src/engine/state/stateStore';
import { TraceState } from '../../../../src/engine/state/traceState';
import { assertClose } from '../../../support/assertClose';
import { eventually } from '../../../support/eventually';
import { DIST } from '../../../support/folders';
import { GOLDEN_DIR, recordedCases } from '../../../support/recordedCases';
import { traceJob } from '../../../support/traceJob';

describe('kept attention', () => {
  let model: ModelRuntime;
  let keeper: AttentionKeeper;
  const { input_ids: ids, prompt_length: promptLength } = recordedCases('mistral-window').find(({ input_ids }) => input_ids.length > 80)!;
  const rows = Array.from({ length: ids.length - promptLength }, (_, i) => promptLength + i);

  before(async () => {
    model = await ModelRuntime.load(join(GOLDEN_DIR, 'mistral-window'), 'cpu', DIST);
    keeper = new AttentionKeeper(model.session.attention);
  });
  after(() => model.dispose());

  async function run(transcript: readonly number[] = ids): Promise<TraceState> {
    const state = new TraceState(model.checkpoint.config, promptLength - 1, transcript.length);
    await extendState(model, state, transcript);
    return state;
  }

  const job = (change: Partial<TraceJob>) => traceJob(ids.length, promptLength, 3, { hops: 2, ...change });

  it('gives the scores that computing it anew gives: whole, in part, and after it has gone', async () => {
    const [none, some, all] = [await run(), await run(), await run()];
    none.attention.claim = () => false;
    let claims = 1;
    some.attention.claim = () => claims-- > 0;
    await keeper.keep(none, rows);
    await keeper.keep(some, rows);
    await keeper.keep(all, rows);
    const target = { start: promptLength + 2, end: promptLength + 3 };
    for (const change of [{}, { target, hops: 0 }, { method: 'ifr-tokenwise' }, { method: 'ifr-span', target: null }] as const) {
      const scores = async (state: TraceState) => (await attribute(model, state, job(change))).importance.map((hop) => Array.from(hop));
      const wanted = await scores(none);
      for (const [name, state] of [['in part', some], ['whole', all]] as const) assertClose(`${name} ${JSON.stringify(change)}`, await scores(state), wanted, 1e-6);
    }
    assert.equal(none.attention.bytes, 0);
    assert.ok(some.attention.bytes > 0 && some.attention.bytes < all.attention.bytes);
    const { nLayers, layers: [{ mixer: { nHeads } }] } = model.checkpoint.config;
    // The rows of the generation and what their groups of 16 reach beyond it; never N x N.
    assert.ok(all.attention.bytes <= 4 * nLayers * nHeads * (ids.length - promptLength + 16) * ids.length, `${all.attention.bytes} bytes`);
    all.attention.drop();
    assert.equal(all.attention.bytes, 0);
    assertClose('dropped', (await attribute(model, all, job({}))).importance.map((hop) => Array.from(hop)), (await attribute(model, none, job({}))).importance.map((hop) => Array.from(hop)), 1e-6);
  });

  it('is made between requests, and waits while one is served', async () => {
    const state = await run();
    const idle = new AttentionKeeper(model.session.attention);
    let inside = 0;
    await idle.during(async () => {
      idle.want(state, rows);
      await idle.during(() => Promise.resolve());
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      inside = state.attention.bytes;
    });
    assert.equal(inside, 0);
    await eventually('the attention of every row', () => rows.every((row) => state.attention.has(model.checkpoint.config.nLayers - 1, row)));
    await idle.stop();

    const other = await run();
    await idle.during(() => Promise.resolve(idle.want(other, rows)));
    await idle.stop();
    assert.ok(!rows.every((row) => other.attention.has(model.checkpoint.config.nLayers - 1, row)), 'a stop ends it');
  });

  it('grows with a state that is extended', async () => {
    const state = await run(ids.slice(0, -4));
    await keeper.keep(state, rows);
    await extendState(model, state, ids);
    await keeper.keep(state, rows);
    assert.ok(rows.every((row) => state.attention.has(0, row)));
    const fresh = await run();
    assertClose('scores', (await attribute(model, state, job({}))).importance.map((hop) => Array.from(hop)), (await attribute(model, fresh, job({}))).importance.map((hop) => Array.from(hop)), 1e-6);
  });

  it('stays within the budget, goes before states do, and states go least recently used first', async () => {
    const store = new StateStore(model.checkpoint.config);
    const variant = (n: number) => ids.map((id, i) => (i === 3 ? (id + n) % model.checkpoint.config.dVocab : id));
    const acquire = (n: number) => store.acquire(variant(n), promptLength - 1, async (state) => { await extendState(model, state, variant(n)); });
    const first = await acquire(0);
    await keeper.keep(first, rows);
    const { bytes } = first;
    const attention = first.attention.bytes;
    assert.equal(store.bytes, bytes + attention);

    store.budget = 2 * bytes + attention; // two states, and the attention of one
    const second = await acquire(1);
    await keeper.keep(second, rows);
    assert.ok(second.attention.bytes > 0 && first.attention.bytes === 0, 'the attention used least recently has gone');
    assert.ok(store.bytes <= store.budget);
    assert.equal(await acquire(0), first, 'its state is still there');

    await acquire(2);
    assert.ok(store.bytes <= store.budget);
    assert.ok(store.covers(variant(0), promptLength - 1) && !store.covers(variant(1), promptLength - 1), 'the state used least recently has gone');

    store.budget = 1; // less than anything: what is in use stays, and nothing else
    const last = await acquire(0);
    assert.equal(last, first);
    await keeper.keep(last, rows);
    assert.equal(store.bytes, bytes);
  });
});
