import assert from 'node:assert/strict';
import { colourScale, showsAgainst } from '../../../src/view/colour/colourScale';
import { oppositions } from '../../../src/view/trace/oppositions';
import { topOpponents } from '../../../src/view/trace/sources';
import { fromStoredTrace, toStoredTrace } from '../../../src/view/trace/storedTrace';
import { tokenFacts } from '../../../src/view/trace/tokenFacts';
import { againstTotals } from '../../../src/view/trace/totals';
import type { TraceView } from '../../../src/view/trace/traceView';
import { smallTrace } from '../../support/smallTrace';

// In the prompt "a" speaks for the target, "Lisbon" (two tokens) and "c" against it, "d" for it more than against it.
const BASE = smallTrace([
  { text: '<s>', region: 'template', hops: [0, 0] },
  { text: ' a', region: 'prompt', hops: [0.5, 0.5] },
  { text: ' Lis', region: 'prompt', hops: [0.01, 0.02] },
  { text: 'bon', region: 'prompt', hops: [0.02, 0] },
  { text: ' c', region: 'prompt', hops: [0, 0] },
  { text: ' d', region: 'prompt', hops: [0.2, 0] },
  { text: ' so', region: 'reasoning', hops: [1, 1] },
  { text: ' it', region: 'reasoning', hops: [0, 0] },
  { text: ' x', region: 'answer', hops: [0, 0] },
], 6, [8, 9]);
const HOP_AGAINST = [
  [0.05, 0, 0.2, 0.1, 0.1, 0.05, 0, 0.01, 0],
  [0, 0.1, 0, 0.1, 0, 0, 0, 0, 0],
];
const view: TraceView = { ...BASE, hopAgainst: HOP_AGAINST, against: HOP_AGAINST[0].map((x, i) => x + HOP_AGAINST[1][i]) };

describe('what worked against the target', () => {
  it('colours a token on the third ramp where it outweighs its score, on its side’s own scale, and not where it is next to nothing', () => {
    const scale = colourScale(view);
    assert.deepEqual(scale.ramps.map((ramp, i) => `${ramp}${scale.buckets[i]}`), [
      'prompt0', 'prompt10', 'against3', 'against3', 'prompt0', 'prompt3', 'reasoning10', 'reasoning0', 'reasoning0',
    ]);
    assert.deepEqual(scale.ends, colourScale(BASE).ends);
    // 0.2 for the target and 0.2 against it are the same step.
    assert.equal(scale.buckets[2], scale.buckets[5]);
  });

  it('follows the hop', () => {
    const { ramps, buckets } = colourScale(view, 1);
    assert.deepEqual([ramps[2], ramps[3], ramps[4]], ['prompt', 'against', 'prompt']);
    assert.deepEqual([buckets[2], buckets[4]], [1, 0]);
  });

  it('leaves a trace without it, and one of an earlier version, as it was', () => {
    const none: TraceView = { ...BASE, against: BASE.tokens.map(() => 0), hopAgainst: HOP_AGAINST.map((hop) => hop.map(() => 0)) };
    for (const hop of ['all', 0, 1] as const) assert.deepEqual(colourScale(none, hop), colourScale(BASE, hop));
    assert.equal(showsAgainst(colourScale(BASE)), false);
    assert.equal(showsAgainst(colourScale(view)), true);
    assert.deepEqual(oppositions(BASE, 'all', 9), []);
    assert.equal(tokenFacts(BASE, 2).against, null);
  });

  it('takes the scale from itself on a side that nothing else speaks for', () => {
    const { ramps, buckets } = colourScale({ ...view, scores: view.scores.map((score, i) => (i < 6 ? 0 : score)) });
    assert.deepEqual([ramps[3], buckets[3]], ['against', 10]);
  });

  it('lists words that outweigh what they gave, strongest first, template tokens and the target left out', () => {
    assert.deepEqual(topOpponents(view, { side: 'prompt', limit: 9 }).map(({ text, score }) => [text, Number(score.toFixed(6))]), [['Lisbon', 0.4], ['c', 0.1]]);
    assert.deepEqual(topOpponents(view, { side: 'prompt', limit: 9, hop: 1 }).map(({ text }) => text), ['Lisbon']);
    assert.equal(Number(topOpponents(view, { side: 'prompt', limit: 1 })[0].share.toFixed(6)), Number((0.4 / 0.7).toFixed(6)));
  });

  it('is told of a side where it weighs anything, with its weight', () => {
    const found = oppositions(view, 'all', 9);
    // The generation has 0.01 against 2: next to nothing.
    assert.deepEqual(found.map(({ side }) => side), ['prompt']);
    assert.ok(Math.abs(found[0].weight - againstTotals(view).prompt / 1.25) < 1e-12);
    const alone = oppositions({ ...view, scores: view.scores.map(() => 0) }, 'all', 9);
    assert.deepEqual(alone.map(({ weight }) => weight), [Infinity, Infinity]);
  });

  it('is among a token’s facts: score, share of the side, per hop', () => {
    const { against } = tokenFacts(view, 3);
    assert.ok(against && Math.abs(against.score - 0.2) < 1e-12 && Math.abs(against.share - 0.2 / 0.7) < 1e-12);
    assert.deepEqual(against.perHop, [0.1, 0.1]);
    assert.equal(tokenFacts(view, 8).against, null);
  });

  it('survives being stored, with what is compared', () => {
    const contrast = { written: { id: 1, text: ' x', probability: 0.9 }, other: { id: 2, text: ' y', probability: 0.01 } };
    const stored = JSON.parse(JSON.stringify(toStoredTrace({ ...view, contrast }, 100))) as ReturnType<typeof toStoredTrace>;
    assert.deepEqual(fromStoredTrace(stored), { ...view, contrast });
  });
});
