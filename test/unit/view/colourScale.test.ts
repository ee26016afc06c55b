import assert from 'node:assert/strict';
import { bucketOf, colourScale } from '../../../src/view/colour/colourScale';
import { smallTrace, type SmallToken } from '../../support/smallTrace';

function promptOf(scores: readonly number[]): ReturnType<typeof smallTrace> {
  const prompt = scores.map((score): SmallToken => ({ text: ' w', region: 'prompt', hops: [score] }));
  return smallTrace([...prompt, { text: 'x', region: 'answer', hops: [9] }], scores.length, [scores.length, scores.length + 1]);
}

const buckets = (scores: readonly number[]): number[] => [...colourScale(promptOf(scores)).buckets];

describe('colourScale', () => {
  it('computes a step as ceil(10 * (score / end)^0.8)', () => {
    // 0.5^0.8 = 0.574, 0.1^0.8 = 0.158, 0.05^0.8 = 0.091.
    assert.deepEqual([1, 0.5, 0.1, 0.05, 1e-9, 2].map((score) => bucketOf(score, 1)), [10, 6, 2, 1, 1, 10]);
  });

  it('leaves zero, negative and undefined scores without colour', () => {
    assert.deepEqual([0, -1, NaN].map((score) => bucketOf(score, 1)), [0, 0, 0]);
    assert.equal(bucketOf(1, 0), 0);
    assert.deepEqual(buckets([0, 0, 0]), [0, 0, 0, 0]);
  });

  it('gives equal scores equal steps, and a single token the last one', () => {
    assert.deepEqual(buckets([0.2, 0.2, 0.2]), [10, 10, 10, 0]);
    assert.deepEqual(buckets([0, 0.001, 0]), [0, 10, 0, 0]);
  });

  it('never gives a larger score a smaller step', () => {
    const scores = Array.from({ length: 200 }, (_, i) => Math.exp(-i / 20));
    const steps = buckets(scores).slice(0, -1);
    assert.ok(steps.every((step, i) => i === 0 || step <= steps[i - 1]));
    assert.deepEqual(buckets(scores), buckets(scores));
    assert.equal(new Set(steps).size, 10);
  });

  it('is not flattened by one dominating token', () => {
    const rest = Array.from({ length: 29 }, (_, i) => 0.01 + 0.001 * i);
    const alone = buckets(rest).slice(0, 29);
    const beside = buckets([...rest, 0.12]).slice(0, 29);
    assert.deepEqual(buckets([...rest, 0.12])[29], 10);
    // The end is the second highest score of 30 here, and was the second highest of 29.
    assert.ok(beside.every((step, i) => Math.abs(step - alone[i]) <= 1), `${alone} / ${beside}`);
  });

  it('shows that a token towers above all others', () => {
    const rest = Array.from({ length: 29 }, (_, i) => 0.01 + 0.001 * i);
    assert.equal(colourScale(promptOf([...rest, 5])).ends.prompt, 1.25);
    assert.deepEqual(buckets([...rest, 5]), [...rest.map(() => 1), 10, 0]);
  });

  it('lets the top 2% of tokens saturate, and none below 20 tokens', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    assert.equal(colourScale(promptOf(hundred)).ends.prompt, 98);
    assert.equal(colourScale(promptOf(hundred.slice(0, 19))).ends.prompt, 19);
    assert.equal(colourScale(promptOf(hundred.slice(0, 20))).ends.prompt, 19);
  });

  it('scales prompt and generation apart, and never colours the target', () => {
    const view = smallTrace([
      { text: 'a', region: 'prompt', hops: [0.001, 0.003] },
      { text: 'b', region: 'prompt', hops: [0.002, 0] },
      { text: 'c', region: 'reasoning', hops: [0.5, 0] },
      { text: 'd', region: 'answer', hops: [0.7, 0.7] },
    ], 2, [3, 4]);
    assert.deepEqual([...colourScale(view).buckets], [10, 6, 10, 0]);
    assert.deepEqual([...colourScale(view, 0).buckets], [6, 10, 10, 0]);
    assert.deepEqual([...colourScale(view, 1).buckets], [10, 0, 0, 0]);
    assert.deepEqual(colourScale(view).ramps, ['prompt', 'prompt', 'reasoning', 'reasoning']);
  });

  it('takes the end of the scale from content: template tokens saturate beside it', () => {
    const view = smallTrace([
      { text: '<s>', region: 'template', hops: [7] },
      { text: 'a', region: 'prompt', hops: [0.2] },
      { text: ',', region: 'prompt', kind: 'stop', hops: [0] },
      { text: 'x', region: 'answer' },
    ], 3, [3, 4]);
    assert.equal(colourScale(view).ends.prompt, 0.2);
    assert.deepEqual([...colourScale(view).buckets], [10, 10, 0, 0]);
  });
});
