import assert from 'node:assert/strict';
import { hoverMarkdown, type TokenwiseFacts } from '../../../src/host/hoverMarkdown';
import type { TokenFacts } from '../../../src/shared/traceSummary';

const FACTS: TokenFacts = {
  token: 4, text: ' Oslo', kind: 'prompt', region: 'prompt', isTarget: false, score: 0.25, side: 'prompt', share: 0.125,
  rank: 2, rankedOf: 40, perHop: [0.2, 0.05], probability: null,
};
const hover = (facts: Partial<TokenFacts>, stale = false) => hoverMarkdown({ ...FACTS, ...facts }, { stale });

describe('the hover over a token', () => {
  it('says token, region, score, share, rank and every hop', () => {
    const text = hover({});
    assert.match(text, /`·Oslo` \(prompt\)/);
    for (const row of ['| Score | 0.25 |', '| Share of the prompt\'s score | 13% |', '| Rank | 2 of 40 |', '| Hop 0 | 0.2 |', '| Hop 1 | 0.05 |']) {
      assert.ok(text.includes(row), `${row} in ${text}`);
    }
    assert.doesNotMatch(text, /Probability|changed since/);
  });

  it('gives a generated token its probability and refers its share to the generation', () => {
    const text = hover({ kind: 'reasoning', region: 'reasoning', side: 'reasoning', probability: 0.93 });
    assert.match(text, /Share of the generation's score/);
    assert.match(text, /\| Probability of this token \| 0\.93 \|/);
  });

  it('has no score to show inside the target and for stop tokens', () => {
    const target = hover({ kind: 'answer', region: 'answer', isTarget: true, score: 0, rank: null, probability: 0.5 });
    assert.match(target, /part of the traced span/);
    assert.doesNotMatch(target, /\| Score/);
    const stop = hover({ kind: 'stop', text: ',', score: 0, rank: null });
    assert.match(stop, /prompt, stop token/);
    assert.doesNotMatch(stop, /\| Score/);
  });

  it('says when the text has changed', () => {
    assert.match(hover({}, true), /changed since this trace/);
  });

  it('shows white space and survives backticks', () => {
    assert.match(hover({ text: '\n' }), /`⏎`/);
    assert.match(hover({ text: '``' }), /``` `` ```/);
  });

  describe('in a token-wise trace', () => {
    const NOTHING: TokenwiseFacts = { of: 12, ordinal: null, sources: [], targets: [], chosen: null, link: null };
    const tokenwise = (facts: Partial<TokenFacts>, more: Partial<TokenwiseFacts>) => hoverMarkdown({ ...FACTS, ...facts }, { stale: false, tokenwise: { ...NOTHING, ...more } });

    it('lists the target tokens that a source led to most', () => {
      const text = tokenwise({}, { targets: [{ token: 50, text: 'Os', ordinal: 3, score: 0.25 }, { token: 51, text: 'lo', ordinal: 4, score: 0.125 }] });
      assert.ok(text.includes('Led most to `Os` (token 3: 0.25), `lo` (token 4: 0.125)'), text);
      assert.match(text, /\| Score \| 0\.25 \|/);
    });

    it('says which target token the score is for when one is chosen', () => {
      assert.ok(tokenwise({}, { chosen: { token: 50, text: 'a|b' } }).includes('| Score for `a\\|b` | 0.25 |'));
    });

    it('names a target token’s place and sources, with a link to its colours and back', () => {
      const target = { isTarget: true, score: 0, rank: null, probability: 0.5, kind: 'answer', region: 'answer' } as const;
      const choice = { ordinal: 3, sources: [{ text: 'Oslo', share: 0.3 }], link: 'command:x' };
      const text = tokenwise(target, choice);
      assert.ok(text.includes('(token 3 of 12 of the traced span)'), text);
      assert.ok(text.includes('From the prompt: `Oslo` 30%'), text);
      assert.ok(text.includes('[Colour what led to this token](command:x)'), text);
      assert.ok(tokenwise(target, { ...choice, chosen: { token: 4, text: 'Oslo' } }).includes('[Show the mean of all 12](command:x)'));
    });
  });

  it('gives a stop token its score where the method counts it', () => {
    assert.match(hover({ kind: 'stop', text: ',' }), /\| Score \| 0\.25 \|/);
  });
});
