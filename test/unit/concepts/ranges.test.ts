import assert from 'node:assert/strict';
import { contains, isEmptyRange, overlaps } from '../../../src/concepts/ranges';

describe('half-open ranges', () => {
  it('are empty where they end where they begin, or before', () => {
    assert.deepEqual([{ start: 3, end: 4 }, { start: 3, end: 3 }, { start: 3, end: 2 }].map(isEmptyRange), [false, true, true]);
  });

  it('hold their first position and not their end', () => {
    assert.deepEqual([2, 3, 4, 5].map((position) => contains({ start: 3, end: 5 }, position)), [false, true, true, false]);
  });

  it('overlap where they share a position: neighbours do not', () => {
    const range = { start: 3, end: 5 };
    const others = [{ start: 1, end: 3 }, { start: 1, end: 4 }, { start: 4, end: 5 }, { start: 4, end: 9 }, { start: 5, end: 9 }, { start: 0, end: 9 }];
    assert.deepEqual(others.map((other) => overlaps(range, other)), [false, true, true, true, false, true]);
    assert.deepEqual(others.map((other) => overlaps(other, range)), [false, true, true, true, false, true]);
  });
});
