import assert from 'node:assert/strict';
import { LIVE_SENTENCES, statusLabel, statusText, type StatusFacts } from '../../../../src/host/editor/statusText';

const FACTS: StatusFacts = { model: null, wanted: 'tracelet-1m', running: null, trace: 'none', live: 'none' };

describe('status bar', () => {
  for (const [change, text] of [
    [{}, '$(git-compare) tracelet-1m'],
    [{ live: 'off', trace: 'fresh' }, '$(git-compare) tracelet-1m · traced'],
    [{ live: 'ready', trace: 'fresh' }, '$(eye) tracelet-1m · traced · live'],
    [{ live: 'ready', trace: 'none' }, '$(eye) tracelet-1m · live'],
    [{ live: 'cold', trace: 'fresh' }, '$(git-compare) tracelet-1m · traced'],
    [{ live: 'cold', trace: 'stale' }, '$(history) tracelet-1m · trace out of date'],
    [{ live: 'ready', trace: 'fresh', running: { message: 'Tracing', fraction: 0.5 } }, '$(sync~spin) tracelet-1m · Tracing (50%)'],
  ] satisfies [Partial<StatusFacts>, string][]) {
    it(`says "${text}"`, () => { assert.equal(statusText({ ...FACTS, ...change }), text); });
  }

  it('says the same to screen readers, without icons', () => {
    assert.equal(statusLabel({ ...FACTS, live: 'ready', trace: 'fresh' }), 'FlashTrace: tracelet-1m, traced, live');
  });

  it('has one sentence for each state of the live mode', () => {
    for (const sentence of Object.values(LIVE_SENTENCES)) assert.match(sentence, /^Live trace .*\.$/);
  });
});
