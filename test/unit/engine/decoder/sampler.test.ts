import assert from 'node:assert/strict';
import { OptionsError } from '../../../../src/engine/base/errors';
import { createSampler } from '../../../../src/engine/decoder/sampler';

const LOGITS = Float32Array.of(1, 3, 2, -4);

function counts(options: Partial<Parameters<typeof createSampler>[0]>, draws = 4000): number[] {
  const sample = createSampler({ maxTokens: 1, temperature: 1, seed: 11, ...options });
  const seen = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) seen[sample(LOGITS)]++;
  return seen;
}

describe('sampler', () => {
  it('is greedy at temperature 0, the first of equals winning', () => {
    const sample = createSampler({ maxTokens: 1, temperature: 0 });
    assert.equal(sample(LOGITS), 1);
    assert.equal(sample(Float32Array.of(2, 5, 5)), 1);
  });

  it('draws by softmax(logits / temperature)', () => {
    const exps = Array.from(LOGITS, (x) => Math.exp(x / 2));
    const total = exps.reduce((a, b) => a + b, 0);
    counts({ temperature: 2 }, 20_000).forEach((count, id) => {
      assert.ok(Math.abs(count / 20_000 - exps[id] / total) < 0.015, `token ${id}: ${count / 20_000} where ${exps[id] / total} is wanted`);
    });
  });

  it('keeps to top-k and top-p', () => {
    assert.deepEqual(counts({ topK: 1 }), [0, 4000, 0, 0]);
    const two = counts({ topK: 2 });
    assert.equal(two[0] + two[3], 0);
    assert.ok(two[1] > two[2] && two[2] > 0);
    assert.deepEqual(counts({ topP: 0.6 }), [0, 4000, 0, 0]); // token 1 alone holds 0.66
    const nucleus = counts({ topP: 0.7 });
    assert.equal(nucleus[0] + nucleus[3], 0);
    assert.ok(nucleus[2] > 0);
  });

  it('repeats itself for a seed and differs between seeds', () => {
    const run = (seed: number) => {
      const sample = createSampler({ maxTokens: 1, temperature: 3, seed });
      return Array.from({ length: 50 }, () => sample(LOGITS)).join('');
    };
    assert.equal(run(5), run(5));
    assert.notEqual(run(5), run(6));
  });

  for (const [what, options] of [['temperature', { temperature: -1 }], ['Top-k', { topK: 1.5 }], ['Top-p', { topP: 0 }], ['seed', { seed: 0.5 }]] as const) {
    it(`refuses a bad ${what} in one sentence`, () => {
      assert.throws(() => createSampler({ maxTokens: 1, temperature: 1, ...options }), (error) => error instanceof OptionsError && error.message.includes(what) && error.message.includes('choose'));
    });
  }
});
