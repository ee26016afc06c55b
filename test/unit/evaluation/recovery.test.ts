import assert from 'node:assert/strict';
import type { TokenizedTranscript, TranscriptToken } from '../../../src/concepts/transcript';
import { deletionScores } from '../../../src/evaluation/measures/deletion';
import { EvidenceMap } from '../../../src/evaluation/measures/recovery';
import { estimate, median, proportion } from '../../../src/evaluation/measures/statistics';

/** Words as tokens: a template token, twenty of the prompt, one of the answer. */
function transcript(): { transcript: TokenizedTranscript; text: string } {
  const text = 'Ann is in Rome now. Bob is in Oslo now. Cid is in Bern now. Where is Bob today?\n Oslo';
  const words = [...text.matchAll(/\s*\S+/g)];
  const prompt = words.slice(0, -1).map((word): TranscriptToken => ({ id: 1, text: word[0], kind: 'prompt', region: 'prompt', range: { start: word.index, end: word.index + word[0].length } }));
  const template: TranscriptToken = { id: 0, text: '<user>', kind: 'template', region: 'template', range: null };
  const answer: TranscriptToken = { id: 2, text: 'Oslo', kind: 'answer', region: 'answer', range: { start: text.length - 4, end: text.length } };
  const tokens = [template, ...prompt, answer];
  return { text, transcript: { format: 'plain', tokens, promptLength: tokens.length - 1, reasoning: null, answer: { start: tokens.length - 1, end: tokens.length }, notes: [], eosTokenId: null } };
}

describe('recovery of known evidence', () => {
  const { text, transcript: given } = transcript();
  const range = (part: string) => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length });
  const evidence = new EvidenceMap(given, [range('Bob is in Oslo now.')], range('Where is Bob today?'));
  const scores = (high: Record<string, number>) => Float64Array.from(given.tokens, (token) => high[token.text.trim()] ?? 0);

  it('counts gold tokens among the top tenth of the prompt and sentences without the question', () => {
    assert.deepEqual(evidence.sentences.map(({ isGold, isQuestion }) => [isGold, isQuestion]), [[false, false], [true, false], [false, false], [false, true]]);
    // 19 prompt tokens: two are a tenth; five are gold, four are the question's.
    assert.deepEqual(evidence.recovery(scores({ Oslo: 2, Rome: 1 })), { recovery: 1 / 5, recoveryBesideQuestion: 1 / 5, ceiling: 2 / 5, firstSource: 1, allSources: 1 });
    assert.deepEqual(evidence.recovery(scores({ 'today?': 9, Rome: 3, Oslo: 2 })), { recovery: 0, recoveryBesideQuestion: 1 / 5, ceiling: 2 / 5, firstSource: 0, allSources: 0 });
  });

  it('counts evidence among as many sentences as it has', () => {
    const two = new EvidenceMap(given, [range('Bob is in Oslo now.'), range('Cid is in Bern now.')], range('Where is Bob today?'));
    const cases: Record<string, number>[] = [{ Bern: 3, Rome: 2, Oslo: 1 }, { Oslo: 3, Bern: 2, 'today?': 9 }, { Rome: 1 }];
    assert.deepEqual(cases.map((high) => two.recovery(scores(high)).allSources), [1 / 2, 1, 1 / 2]);
  });

  it('gives template tokens and the answer no say', () => {
    assert.equal(evidence.recovery(scores({ '<user>': 9, Oslo: 1 })).recovery, 1 / 5);
  });
});

describe('estimates', () => {
  const near = (found: number | null, wanted: number) => { assert.ok(found !== null && Math.abs(found - wanted) < 1e-3, `${found} where ${wanted} is wanted`); };

  it('are a mean and its 95% interval by Student\'s t, within what is possible', () => {
    const values = [0.4, 0.5, 0.9, 0.6]; // standard error 0.108, t = 3.182
    const { n, mean, low, high } = estimate(values);
    assert.deepEqual([n, mean], [4, 0.6]);
    near(low, 0.6 - 3.182 * 0.10801);
    near(high, 0.6 + 3.182 * 0.10801);
    assert.deepEqual([estimate([0, 0, 1], [0, 1]).low, estimate([1, 0, 1], [0, 1]).high], [0, 1]);
    // 31 values: t = 2.042, standard error 0.5 / sqrt(30)
    near(estimate(Array.from({ length: 31 }, (_, i) => (i === 30 ? 0.5 : i % 2))).high, 0.5 + 2.042 * Math.sqrt(7.5 / 30 / 31));
  });

  it('claim no interval from one value', () => {
    assert.deepEqual(estimate([3]), { n: 1, mean: 3, low: null, high: null });
  });

  it('of how often something is so are never certain', () => {
    // Wilson's intervals as tables give them: 10 of 10, 9 of 10, 1 of 1, 0 of 5.
    const of = (hits: number, n: number) => proportion(Array.from({ length: n }, (_, i) => (i < hits ? 1 : 0)));
    near(of(10, 10).low, 0.7225);
    assert.equal(of(10, 10).high, 1);
    near(of(9, 10).low, 0.5958);
    near(of(9, 10).high, 0.9821);
    near(of(1, 1).low, 0.2065);
    assert.equal(of(0, 5).low, 0);
    near(of(0, 5).high, 0.4345);
  });

  it('have a median beside them', () => {
    assert.equal(median([5, 1, 9]), 5);
  });
});

describe('deletion', () => {
  it('is 0 where the first step takes everything away, and the scores say so', () => {
    const { rise, mas } = deletionScores([-1, -9, -9, -9, -9], [1, 0, 0, 0, 0]);
    assert.equal(rise, 0.5 / 4);
    assert.equal(mas, 0.5 / 4);
  });

  it('adds what the scores promise and the response does not keep', () => {
    // The response falls evenly, the scores claim that the first step takes all: off by 0.75, 0.5, 0.25 at the steps between.
    const { rise, mas } = deletionScores([0, -1, -2, -3, -4], [1, 0, 0, 0, 0]);
    assert.equal(rise, 0.5);
    assert.equal(mas, (1 / 2 + 1 + 1 + 0.5) / 4);
  });

  it('never lets the response rise again, and takes even steps where scores say nothing', () => {
    assert.equal(deletionScores([0, -4, -1, -4, -4], [1, 0, 0, 0, 0]).rise, 0.5 / 4);
    assert.equal(deletionScores([-2, -2, -2], [1, 0.5, 0]).rise, 0);
  });
});
