import assert from 'node:assert/strict';
import { meanProbability, wouldHardlyWrite } from '../../../src/concepts/traceResult';
import { beliefFigures } from '../../../src/view/text/beliefText';

describe('what the model thinks of the traced span', () => {
  it('log P of all of it, P of a token, how many tokens are its first choice', () => {
    assert.equal(beliefFigures({ logProb: Math.log(0.25), nTokens: 2, firstChoices: 1 }), 'log P −1.39 (P 0.5 a token), 1 of 2 tokens the model\'s first choice');
    assert.equal(beliefFigures({ logProb: 0, nTokens: 1, firstChoices: 1 }), 'log P 0.00 (P >0.999), the model\'s first choice');
    assert.equal(beliefFigures({ logProb: Math.log(0.02), nTokens: 1, firstChoices: 0 }), 'log P −3.91 (P 0.02), not the model\'s first choice');
  });

  it('hardly writes what it holds for less probable than 0.1 a token, however long it is', () => {
    for (const nTokens of [1, 7, 300]) {
      const of = (p: number) => ({ logProb: nTokens * Math.log(p), nTokens, firstChoices: 0 });
      assert.ok(Math.abs(meanProbability(of(0.3)) - 0.3) < 1e-12);
      assert.deepEqual([0.3, 0.11, 0.09, 1e-9].map((p) => wouldHardlyWrite(of(p))), [false, false, true, true]);
    }
  });
});
