import assert from 'node:assert/strict';
import { divergence, selfContrast } from '../../../src/evaluation/measures/nextTokenDistributions';

/** Logits whose distribution this is; a constant on all of them changes nothing. */
function logits(rows: readonly (readonly number[])[], shift = 0): Float32Array {
  return Float32Array.from(rows.flatMap((row) => row.map((p) => Math.log(p) + shift)));
}

describe('next-token distributions', () => {
  const p = [[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]];
  const q = [[0.25, 0.25, 0.5], [0.1, 0.8, 0.1]];

  it('differ by KL(P || Q), row by row', () => {
    const wanted = 0.5 * Math.log(2) + 0.25 * Math.log(0.5);
    assert.ok(Math.abs(divergence(logits(p), logits(q, 7), 3) - wanted) < 1e-6);
    assert.ok(Math.abs(divergence(logits(p), logits(p, -3), 3)) < 1e-6);
    assert.ok(divergence(logits(q), logits(p), 3) > 0);
  });

  it('have the contrast that the reference package computes', () => {
    // p(y) sum_v (log p(y) - log p(v)), y = 0 and 1
    const wanted = 0.5 * (2 * Math.log(2)) + 0.8 * (2 * Math.log(8));
    assert.ok(Math.abs(selfContrast(logits(p, 2), [0, 1], 3) - wanted) < 1e-5);
  });
});
