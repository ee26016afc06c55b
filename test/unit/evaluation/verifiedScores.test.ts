import assert from 'node:assert/strict';
import type { Verdict, VerifiedSource } from '../../../src/concepts/trials/verification';
import { verifiedScores } from '../../../src/evaluation/methods/verifiedScores';

const source = (start: number, end: number, logProbDrop: number, verdict: Verdict): VerifiedSource => ({
  text: '', range: { start: 0, end: 1 }, tokens: { start, end }, share: 0.1, logProbDrop, targetLogProbBefore: 0, targetLogProbAfter: 0, verdict,
});

describe('scores of verified sources', () => {
  const trace = Float64Array.of(5, 9, 1, 1, 0, 30, 2);

  it('put what holds first, by its drop, whatever the trace says', () => {
    const scores = verifiedScores([source(2, 4, 8, 'confirmed'), source(4, 5, 0.5, 'missed'), source(5, 6, 0.05, 'no effect')], trace);
    assert.deepEqual([scores[2], scores[3], scores[4]], [4, 4, 0.5]);
    const others = [scores[0], scores[1], scores[5], scores[6]];
    assert.ok(others.reduce((a, b) => a + b, 0) < 0.5, 'all others together come after every source');
    assert.ok(scores[5] > scores[1] && scores[1] > scores[0] && scores[0] > scores[6], 'in the order of the trace');
  });

  it('are the trace where nothing holds', () => {
    assert.deepEqual(Array.from(verifiedScores([source(0, 2, 0.01, 'no effect')], trace)), Array.from(trace));
  });
});
