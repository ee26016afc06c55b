import assert from 'node:assert/strict';
import type { TraceResult } from '../../../src/concepts/traceResult';
import { colourScale } from '../../../src/view/colour/colourScale';
import { topSources } from '../../../src/view/trace/sources';
import { fromStoredTrace, toStoredTrace } from '../../../src/view/trace/storedTrace';
import { bestTargets, columnOf, hasRows, rowView, validRow } from '../../../src/view/trace/targetRows';
import { tokenFacts } from '../../../src/view/trace/tokenFacts';
import { sideTotals } from '../../../src/view/trace/totals';
import { toTraceView } from '../../../src/view/trace/traceView';
import { smallTrace, tokenwiseTrace } from '../../support/smallTrace';

// Target: " A", "b", "." (positions 4 to 6). Numbers that float32 holds exactly.
const TOKENS = [
  { text: '<s>', region: 'template' },
  { text: ' Os', region: 'prompt' },
  { text: ',', region: 'prompt', kind: 'stop' },
  { text: ' so', region: 'reasoning' },
  { text: ' A', region: 'answer' },
  { text: 'b', region: 'answer' },
  { text: '.', region: 'answer', kind: 'stop' },
] as const;
const ROWS = [
  [0.5, 1, 0.25, 2, 4, 0, 0],
  [0, 3, 0, 0.5, 1.5, 4, 0],
  [1, 0, 0, 0, 0, 1, 2],
];
const view = tokenwiseTrace(TOKENS, 3, ROWS);
assert.ok(hasRows(view));

describe('what led to one target token', () => {
  it('is the row as a trace of its own: the token is the target, earlier ones are sources', () => {
    const row = rowView(view, 5);
    assert.deepEqual(row.target, { start: 5, end: 6 });
    assert.deepEqual(row.scores, [0, 3, 0, 0.5, 1.5, 0, 0]);
    assert.deepEqual(sideTotals(row), { prompt: 3, generation: 2 });
    assert.deepEqual(topSources(row, { side: 'generation', limit: 5 }).map(({ text, share }) => [text, share]), [['A', 0.75], ['so', 0.25]]);
    assert.deepEqual(tokenFacts(row, 4), { ...tokenFacts(view, 4), isTarget: false, score: 1.5, share: 0.75, rank: 1, rankedOf: 3, perHop: [1.5] });
    assert.equal(tokenFacts(row, 5).isTarget, true);
  });

  it('has a colour scale of its own', () => {
    const { buckets, ends } = colourScale(rowView(view, 5));
    assert.deepEqual(ends, { prompt: 3, generation: 1.5 });
    assert.deepEqual([buckets[1], buckets[4], buckets[5], buckets[6]], [10, 10, 0, 0]);
    assert.deepEqual(colourScale(view).ends, { prompt: view.scores[1], generation: view.scores[3] });
  });

  it('divides the row by region, stop tokens by themselves; by mass the rows make the mean', () => {
    assert.deepEqual(rowView(view, 4).shares, { template: 0.5 / 7.75, prompt: 1 / 7.75, reasoning: 2 / 7.75, answer: 4 / 7.75, stop: 0.25 / 7.75 });
    const masses = ROWS.map((row) => row.reduce((a, b) => a + b, 0));
    const stop = ROWS.reduce((sum, _, k) => sum + masses[k] * rowView(view, 4 + k).shares.stop, 0);
    assert.ok(Math.abs(stop - 2.25) < 1e-12);
  });

  it('is the view itself for anything but a target token with a row', () => {
    for (const token of [null, 3, 7, -1]) assert.equal(rowView(view, token), view);
    assert.equal(validRow(view, 3), null);
    assert.equal(validRow(view, 6), 6);
    const plain = smallTrace([{ text: 'a', region: 'prompt' }, { text: 'b', region: 'answer' }], 1, [1, 2]);
    assert.equal(rowView(plain, 1), plain);
    assert.equal(hasRows(tokenwiseTrace([{ text: 'a', region: 'prompt' }, { text: 'b', region: 'answer' }], 1, [[1, 0]])), false, 'one target token is the whole target');
  });
});

describe('which target tokens a source led to', () => {
  it('is the column, without what a token has from itself', () => {
    assert.deepEqual([...columnOf(view, { start: 1, end: 2 })], [1, 3, 0]);
    assert.deepEqual([...columnOf(view, { start: 0, end: 4 })], [3.75, 3.5, 1]);
    assert.deepEqual([...columnOf(view, { start: 5, end: 6 })], [0, 0, 1]);
  });

  it('lists the best of them, the highest first', () => {
    assert.deepEqual(bestTargets(view, { start: 1, end: 2 }, 3), [
      { token: 5, text: 'b', ordinal: 2, score: 3 },
      { token: 4, text: 'A', ordinal: 1, score: 1 },
    ]);
    assert.equal(bestTargets(view, { start: 0, end: 4 }, 1).length, 1);
  });
});

describe('storing a token-wise trace', () => {
  it('comes back exactly from JSON', () => {
    const text = JSON.stringify(toStoredTrace(view, view.matrix.length));
    assert.deepEqual(fromStoredTrace(JSON.parse(text)), view);
  });

  it('leaves a matrix out that is too large, and one of another size', () => {
    const { matrix, ...mean } = view;
    assert.deepEqual(toStoredTrace(view, matrix.length - 1), mean);
    assert.deepEqual(fromStoredTrace({ ...toStoredTrace(view, Infinity), matrix: btoa('abcdefgh') }), mean);
    assert.deepEqual(fromStoredTrace({ ...toStoredTrace(view, Infinity), matrix: 'no base64' }), mean);
  });

  it('takes 5.4 bytes a number', () => {
    const large = { ...view, matrix: new Float32Array(65_536).fill(0.1) };
    assert.ok(toStoredTrace(large, 65_536).matrix!.length < 5.4 * 65_536);
  });
});

describe('toTraceView', () => {
  it('joins the rows of a result in their order', () => {
    const result: TraceResult = {
      options: { method: 'ifr-tokenwise', hops: 0 }, modelName: 'm', device: 'cpu', promptLength: 1, notes: [], belief: { logProb: -1, nTokens: 2, firstChoices: 1 },
      tokens: ['a', 'b', 'c'].map((text, id) => ({ id, text, kind: 'prompt', region: 'prompt', range: null })),
      target: { start: 1, end: 3 }, targetRange: null, reasoning: null, recursionSpan: null, hops: [], thinkingRatios: [],
      scores: new Float64Array(3), probabilities: new Float32Array(3), shares: view.shares, timings: view.timings,
      matrix: [Float64Array.of(1, 2, 0), Float64Array.of(3, 4, 5)],
    };
    assert.deepEqual(toTraceView(result, null).matrix, Float32Array.of(1, 2, 0, 3, 4, 5));
    assert.equal('matrix' in toTraceView({ ...result, matrix: undefined }, null), false);
  });
});
