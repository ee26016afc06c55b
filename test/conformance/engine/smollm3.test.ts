import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attribute } from '../../../src/engine/model/attribute';
import { extendState } from '../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { TraceState } from '../../../src/engine/state/traceState';
import { assertClose } from '../../support/assertClose';
import { bruteForceContributions, bruteForceImportance, Oracle } from '../../support/bruteForce';
import { ROOT } from '../../support/folders';
import { traceJob } from '../../support/traceJob';

const DIR = join(ROOT, 'test', 'data', 'smollm3');

interface Recorded {
  readonly input_ids: readonly number[];
  readonly prompt_length: number;
  readonly argmax_per_position: readonly number[];
  readonly last_logits: readonly number[];
  readonly target_tokens: number;
  readonly token_importance_total: readonly number[];
}

describe('SmolLM3: layers with and without RoPE', () => {
  const { input_ids: ids, prompt_length: promptLength, argmax_per_position: argmax, last_logits: lastLogits, target_tokens: targetTokens, token_importance_total: total } = JSON.parse(readFileSync(join(DIR, 'recorded.json'), 'utf8')) as Recorded;
  let model: ModelRuntime;
  let state: TraceState;
  let oracle: Oracle;

  before(async () => {
    model = await ModelRuntime.load(DIR, 'cpu', join(ROOT, 'dist'));
    oracle = await Oracle.open(DIR);
    state = new TraceState(model.checkpoint.config, promptLength - 1, ids.length);
    // In pieces: rows on top of a cache, a few and many, take other ways through the graph.
    for (const end of [33, 35, ids.length]) await extendState(model, state, ids.slice(0, end));
    await model.session.readLogits(state);
  });
  after(() => model.dispose());

  it('has one layer in five without', () => {
    assert.deepEqual(model.checkpoint.config.layers.map(({ mixer }) => mixer.kind === 'attention' && mixer.rope !== null), [true, true, true, false, true]);
  });

  it('the decoder gives the recorded logits', () => {
    assertClose('last logits', Array.from(state.lastLogits), lastLogits, 1e-5);
    assert.deepEqual(state.argmax, argmax.slice(promptLength - 1));
  });

  it('scores equal the recorded ones and the brute force', async () => {
    const forward = oracle.forward(ids);
    assertClose('logits of the brute force', Array.from(forward.lastLogits), lastLogits, 1e-5);
    const span = traceJob(ids.length, promptLength, targetTokens, { method: 'ifr-span' });
    const scores = Array.from((await attribute(model, state, span)).importance[0]);
    assertClose('recorded', scores, total, 1e-4);
    assertClose('brute force', scores, Array.from(bruteForceImportance(forward.layers, ids.length - targetTokens, new Array<number>(targetTokens).fill(1))), 1e-4);
    const row = ids.length - 2;
    await attribute(model, state, traceJob(ids.length, promptLength, targetTokens, { method: 'logit-flow', hops: 0 }));
    assertClose('contributions', Array.from(state.contributions.get(row)!.moved), Array.from(bruteForceContributions(oracle, forward, row, ids[row + 1]).subarray(0, row + 1)), 1e-4);
  });
});
