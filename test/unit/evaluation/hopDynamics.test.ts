import assert from 'node:assert/strict';
import type { TranscriptToken } from '../../../src/concepts/transcript';
import { hopDynamics, type HopObservation } from '../../../src/evaluation/measures/hopDynamics';
import { hopMass, massReaching, scoresUpTo, variation } from '../../../src/evaluation/measures/hopScores';

const token = (region: TranscriptToken['region'], kind: TranscriptToken['kind'] = 'prompt'): TranscriptToken => ({ id: 1, text: 'x', kind, region, range: null });

describe('hops of a trace', () => {
  const tokens = [token('template', 'template'), token('prompt'), token('prompt', 'stop'), token('reasoning', 'reasoning'), token('answer', 'answer')];
  const hops = [[2, 1, 1, 3, 1], [0, 4, 0, 1, 0]].map((importance, hop) => ({
    importance: Float64Array.from(importance),
    carried: Float64Array.from(importance, (x, i) => (i === 2 ? 0 : x * (hop === 0 ? 1 : 0.5))),
  }));
  const trace = { tokens, hops, thinkingRatios: [0.5, 0.1], target: { start: 4, end: 5 } };

  it('add up to the scores of a trace that ends with them', () => {
    assert.deepEqual(Array.from(scoresUpTo(trace, 0)), [2, 1, 0, 3, 0]);
    assert.deepEqual(Array.from(scoresUpTo(trace, 1)), [2, 3, 0, 3.5, 0]);
  });

  it('have mass by region, as much as reaches them', () => {
    assert.deepEqual(hopMass(trace, 0), { template: 0.25, prompt: 0.125, stop: 0.125, reasoning: 0.375, answer: 0.125 });
    assert.deepEqual(hopMass(trace, 1), { template: 0, prompt: 0.4, stop: 0, reasoning: 0.1, answer: 0 });
    assert.deepEqual([massReaching(trace, 0), massReaching(trace, 1)], [1, 0.5]);
  });

  it('move the scores by a part of their mass', () => {
    assert.equal(variation([1, 1, 9], [2, 2, 0], [0, 1]), 0, 'only places that are asked for, whatever their scale');
    assert.equal(variation([1, 0], [0, 5], [0, 1]), 1);
    assert.equal(variation([3, 1], [1, 1], [0, 1]), 0.25);
  });
});

describe('hop dynamics', () => {
  const observation = (recovery: number, firstSource: number, change: number | null): HopObservation => ({
    recovery, recoveryBesideQuestion: recovery, ceiling: 1, firstSource, allSources: firstSource, reaching: 0.5, variation: change, mass: { prompt: 0.2, reasoning: 0.2, answer: 0, template: 0.1, stop: 0 },
  });

  it('say after which hop nothing is gained any more, transcript by transcript', () => {
    // The first hop gains 0.2 on every transcript, the second as often as it loses.
    const observed = Array.from({ length: 12 }, (_, i) => [observation(i / 20, 0, 0.3), observation(i / 20 + 0.2, 0, 0.1), observation(i / 20 + 0.2 + (i % 2 ? 0.1 : -0.1), 0, null)]);
    const { enough, hops } = hopDynamics('flashtrace', observed);
    assert.equal(enough, 1);
    assert.ok(Math.abs(hops[0].next!.recovery.mean - 0.2) < 1e-12 && hops[0].next!.recovery.low! > 0);
    assert.ok(Math.abs(hops[1].next!.recovery.mean) < 1e-12 && hops[1].next!.recovery.low! < 0);
    assert.equal(hops[0].next!.variation.mean.toFixed(3), '0.300');
    assert.equal(hops[2].next, null);
    assert.ok(Math.abs(hops[1].mass.template - 0.1) < 1e-12);
  });

  it('claim nothing from one transcript', () => {
    const { enough, hops } = hopDynamics('logit-flow', [[observation(0, 0, 1), observation(1, 1, null)]]);
    assert.equal(enough, 0);
    assert.deepEqual([hops[0].next!.recovery.mean, hops[0].next!.recovery.low], [1, null]);
  });
});
