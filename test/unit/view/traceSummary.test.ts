import assert from 'node:assert/strict';
import { topSources } from '../../../src/view/trace/sources';
import { tokenFacts } from '../../../src/view/trace/tokenFacts';
import { sideTotals } from '../../../src/view/trace/totals';
import { tokensRange } from '../../../src/view/trace/traceView';
import { groupWords } from '../../../src/view/trace/words';
import { smallTrace, type SmallToken } from '../../support/smallTrace';

// Prompt scores over both hops: <s> 1, " Os" 2, "lo" 1, " is" 0.5, "." 0, " cold" 0.5 = 5 in all. Generation: " so" 3, " it" 1 = 4.
const TOKENS: readonly SmallToken[] = [
  { text: '<s>', region: 'template', hops: [1, 0] },
  { text: ' Os', region: 'prompt', hops: [0.5, 1.5] },
  { text: 'lo', region: 'prompt', hops: [0.75, 0.25] },
  { text: ' is', region: 'prompt', hops: [0.25, 0.25] },
  { text: '.', region: 'prompt', kind: 'stop', hops: [0, 0] },
  { text: ' cold', region: 'prompt', hops: [0, 0.5] },
  { text: ' so', region: 'reasoning', hops: [2, 1] },
  { text: ' it', region: 'reasoning', hops: [1, 0] },
  { text: ' is', region: 'answer', hops: [4, 4] },
  { text: 'n', region: 'answer', hops: [4, 4] },
];
const view = smallTrace(TOKENS, 6, [8, 10]);

describe('traceSummary', () => {
  it('adds up each side without the target', () => {
    assert.deepEqual(sideTotals(view), { prompt: 5, generation: 4 });
    assert.deepEqual(sideTotals(view, 0), { prompt: 2.5, generation: 3 });
  });

  it('tells everything about a token', () => {
    assert.deepEqual(tokenFacts(view, 2), {
      token: 2, text: 'lo', kind: 'prompt', region: 'prompt', isTarget: false, score: 1, side: 'prompt', share: 0.2,
      rank: 2, rankedOf: 6, perHop: [0.75, 0.25], against: null, probability: null,
    });
    assert.deepEqual(tokenFacts(view, 6), {
      token: 6, text: ' so', kind: 'reasoning', region: 'reasoning', isTarget: false, score: 3, side: 'generation', share: 0.75,
      rank: 1, rankedOf: 2, perHop: [2, 1], against: null, probability: 0.5,
    });
  });

  it('lets equal scores share a rank and gives none without a score', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 5].map((i) => tokenFacts(view, i).rank), [2, 1, 2, 4, null, 4]);
    assert.equal(tokenFacts(view, 4).share, 0);
  });

  it('refers to one hop when asked', () => {
    const { score, share, rank } = tokenFacts(view, 2, 0);
    assert.deepEqual({ score, share, rank }, { score: 0.75, share: 0.3, rank: 2 });
  });

  it('has no score for the target', () => {
    const { isTarget, score, share, rank, perHop, probability } = tokenFacts(view, 8);
    assert.deepEqual({ isTarget, score, share, rank, perHop, probability }, { isTarget: true, score: 0, share: 0, rank: null, perHop: [0, 0], probability: 0.5 });
  });

  it('ranks words, with their tokens, characters and surroundings', () => {
    const [first, second, third, ...rest] = topSources(view, { side: 'prompt', limit: 10 });
    assert.deepEqual(first, {
      tokens: { start: 1, end: 3 }, text: 'Oslo', before: ' ', after: ' is. cold', region: 'prompt', score: 3, share: 0.6, range: { start: 0, end: 5 },
    });
    assert.deepEqual([second, third].map(({ text, share }) => [text, share]), [['is', 0.1], ['cold', 0.1]]);
    assert.deepEqual(rest, []);
    assert.equal(second.before, ' Oslo ');
  });

  it('ranks whole sentences, without surroundings and without the target', () => {
    assert.deepEqual(topSources(view, { side: 'prompt', limit: 10, granularity: 'sentences' }).map(({ text, score, share, before }) => [text, score, share, before]), [['Oslo is. cold', 4, 0.8, '']]);
    assert.deepEqual(topSources(view, { side: 'generation', limit: 10, granularity: 'lines' }).map(({ text, score, share }) => [text, score, share]), [['so it', 4, 1]]);
  });

  it('lists template tokens only when asked, and keeps to the limit', () => {
    const sources = topSources(view, { side: 'prompt', limit: 2, includeTemplate: true });
    assert.deepEqual(sources.map(({ text, range }) => [text, range]), [['Oslo', { start: 0, end: 5 }], ['<s>', null]]);
  });

  it('leaves the target out of the generation’s sources', () => {
    assert.deepEqual(topSources(view, { side: 'generation', limit: 10 }).map(({ text }) => text), ['so', 'it']);
    assert.deepEqual(topSources(view, { side: 'generation', limit: 10, hop: 1 }).map(({ text, share }) => [text, share]), [['so', 1]]);
  });

  it('finds the characters of a run of tokens', () => {
    assert.deepEqual(tokensRange(view, { start: 0, end: 2 }), { start: 0, end: 3 });
    assert.equal(tokensRange(view, { start: 0, end: 1 }), null);
  });
});

describe('groupWords', () => {
  const groups = (tokens: readonly SmallToken[], promptLength = tokens.length - 1, target: [number, number] = [tokens.length - 1, tokens.length]): string[] =>
    groupWords(smallTrace(tokens, promptLength, target)).map(({ start, end }) => tokens.slice(start, end).map(({ text }) => text).join('|'));
  const prompt = (...texts: string[]): SmallToken[] => [...texts.map((text): SmallToken => ({ text, region: 'prompt' })), { text: '!', region: 'answer' }];

  it('joins pieces of words and numbers, and nothing else', () => {
    assert.deepEqual(groups(prompt('In', ' ', '1', '9', '4', '3', ',', ' Mbor', 'ja', "'s", '?')), ['In', ' ', '1|9|4|3', ',', " Mbor|ja|'s", '?', '!']);
  });

  it('joins the tokens that split one character', () => {
    const tokens: SmallToken[] = [{ text: 'a ', region: 'prompt' }, { text: '🙂', region: 'prompt' }, { text: '🙂', region: 'prompt', shared: 2 }, { text: 'b', region: 'prompt' }, { text: '!', region: 'answer' }];
    assert.deepEqual(groups(tokens), ['a ', '🙂|🙂', 'b', '!']);
    assert.deepEqual(topSources(smallTrace(tokens.map((token) => ({ ...token, hops: [1] })), 4, [4, 5]), { side: 'prompt', limit: 1 })[0].text, '🙂');
  });

  it('divides text that has no spaces', () => {
    assert.deepEqual(groups(prompt('奥', '斯', '陆', '在', '哪')).filter((group) => group.includes('奥')), ['奥|斯|陆']);
  });

  it('ends words at template tokens, at the generation and at the target', () => {
    assert.deepEqual(groups([{ text: 'us', region: 'template' }, { text: 'er', region: 'template' }, { text: 'a', region: 'prompt' }, { text: 'b', region: 'reasoning' }, { text: 'c', region: 'reasoning' }], 3, [4, 5]), ['us', 'er', 'a', 'b', 'c']);
  });
});
