import assert from 'node:assert/strict';
import type { TranscriptToken } from '../../../../src/concepts/transcript';
import { DEFAULT_VERIFY_OPTIONS } from '../../../../src/concepts/trials/verification';
import { proposePassages } from '../../../../src/engine/requests/verify/proposePassages';

/** A line of words for each entry, every word with the entry's score; the template token before them has most. */
function trace(lines: readonly (readonly [text: string, score: number])[]) {
  const tokens: TranscriptToken[] = [{ id: 0, text: '<s>', kind: 'template', region: 'template', range: null }];
  const scores = [9];
  let offset = 0;
  for (const [text, score] of lines) {
    for (const [piece] of `${text}\n`.matchAll(/ ?\w+|\s|./g)) {
      tokens.push({ id: 1, text: piece, kind: 'prompt', region: 'prompt', range: { start: offset, end: offset + piece.length } });
      scores.push(/\w/.test(piece) ? score : 0);
      offset += piece.length;
    }
  }
  return { tokens: [...tokens, { id: 2, text: 'x', kind: 'answer' as const, region: 'answer' as const, range: null }], promptLength: tokens.length, scores: Float64Array.from([...scores, 5]) };
}

const FACTS = trace([['Ada sits', 1], ['Bo stands tall', 2], ['Cy runs', 0.5], ['Di eats', 0], ['Eve sleeps', 0.25], ['Flo reads and writes and sings and hums', 0.01]]);
const propose = (passages: number, seed = 0) => proposePassages(FACTS, { ...DEFAULT_VERIFY_OPTIONS, passages, seed });

describe('the passages that are taken out', () => {
  it('are the best of the trace, by their tokens together, as shares of what was written', () => {
    const { passages } = propose(2);
    assert.deepEqual(passages.map(({ text }) => text), ['Bo stands tall', 'Ada sits']);
    assert.deepEqual(passages.map(({ share }) => Number(share.toFixed(4))), [6, 2].map((score) => Number((score / 9.58).toFixed(4))));
  });

  it('come with others in an order that the seed decides, those of about their size first', () => {
    const { others } = propose(2);
    assert.deepEqual(new Set(others.slice(0, 3).map(({ text }) => text)), new Set(['Cy runs', 'Di eats', 'Eve sleeps']));
    assert.equal(others[3].text, 'Flo reads and writes and sings and hums');
    assert.deepEqual(propose(2).others, others);
    assert.ok(Array.from({ length: 20 }, (_, seed) => propose(2, seed).others[0].text).some((text) => text !== others[0].text));
  });

  it('leave one behind to compare with, and out what has no score', () => {
    const { passages, others } = propose(8);
    assert.equal(passages.length, 5);
    assert.deepEqual(others.map(({ text }) => text), ['Di eats']);
    assert.deepEqual(proposePassages(trace([['Ada sits', 1]]), DEFAULT_VERIFY_OPTIONS).passages.length, 1);
    assert.deepEqual(proposePassages(trace([['Ada sits', 0], ['Bo', 0]]), DEFAULT_VERIFY_OPTIONS).passages, []);
  });
});
