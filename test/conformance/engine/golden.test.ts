import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCaseResult } from '../../../src/evaluation/tokenCases';
import { spearman } from '../../../src/evaluation/measures/statistics';
import { assertClose } from '../../support/assertClose';
import { bruteForceImportance, Oracle } from '../../support/bruteForce';
import { flashtrace } from '../../support/flashtraceCommand';
import { GOLDEN_DIR, GOLDEN_NAMES, recordedCases, SCORE_FIELDS, type RecordedCase } from '../../support/recordedCases';
import { halfPrecisionCopy, shardedCopy } from '../../support/safetensorsWriter';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('recorded scores (test/data/golden), through `flashtrace cases`', () => {
  const folder = temporaryFolder();

  async function run(modelDir: string, name: string): Promise<TokenCaseResult[]> {
    const out = join(folder(), `${name}.json`);
    const { code, stderr } = await flashtrace(['cases', '--model', modelDir, '--cases', join(GOLDEN_DIR, name, 'cases.json'), '--out', out, '--device', 'cpu']);
    assert.equal(code, 0, stderr);
    return (JSON.parse(readFileSync(out, 'utf8')) as { cases: TokenCaseResult[] }).cases;
  }

  it('in shards through symlinks, as a model cache has them: ONNX Runtime reads the files in place', async () => {
    const name = 'qwen2';
    const dir = shardedCopy(join(GOLDEN_DIR, name), join(folder(), 'cache'));
    assert.deepEqual(await run(dir, name), await run(join(GOLDEN_DIR, name), name));
  });

  for (const name of GOLDEN_NAMES) {
    describe(name, () => {
      const recorded = recordedCases(name);

      it(`all ${recorded.length} cases: decoder, fp64 scores within 1e-4, recorded fp32 scores within 2e-3`, async () => {
        const results = await run(join(GOLDEN_DIR, name), name);
        assert.deepEqual(results.map((result) => result.name), recorded.map((testCase) => testCase.name));
        recorded.forEach(({ name, expected, expected_fp64 }, i) => {
          assert.deepEqual(results[i].argmax_per_position, expected.argmax_per_position, name);
          assertClose(`${name} last_logits_head`, results[i].last_logits_head, expected.last_logits_head, 1e-4);
          for (const field of SCORE_FIELDS) {
            if (expected_fp64[field]) assertClose(`${name} ${field} (fp64)`, results[i][field], expected_fp64[field], 1e-4);
            if (expected[field]) assertClose(`${name} ${field} (fp32)`, results[i][field], expected[field], 2e-3);
          }
        });
      });

      for (const dtype of ['BF16', 'F16'] as const) {
        it(`${dtype} copy: exact on its own weights, and ranks prompt tokens as the fp32 scores do`, async () => {
          const dir = join(folder(), `${name}-${dtype}`);
          halfPrecisionCopy(join(GOLDEN_DIR, name), dir, dtype);
          const results = await run(dir, name);
          const oracle = await Oracle.open(dir);
          ranksAlike(recorded, results, dtype === 'BF16' ? 0.05 : 0.01);
          recorded.forEach((testCase, i) => {
            const { layers, lastLogits } = oracle.forward(testCase.input_ids);
            assertClose(`${testCase.name} logits`, results[i].last_logits_head, Array.from(lastLogits.slice(0, 8)), 1e-4);
            for (const [label, found, start, weights] of firstPasses(testCase, results[i])) {
              assertClose(`${testCase.name} ${label}`, found, Array.from(bruteForceImportance(layers, start, weights)), 1e-4);
            }
          });
        });
      }
    });
  }
});

/** The passes whose weights do not depend on another pass: label, found importance, first row, weights. */
function firstPasses(testCase: RecordedCase, result: TokenCaseResult): [string, number[], number, number[]][] {
  const { prompt_length: promptLength, output_span: span } = testCase;
  if (!span) return [];
  const rows = Array.from({ length: span[1] - span[0] + 1 }, (_, i) => span[0] + i);
  if (result.token_importance_matrix) return result.token_importance_matrix.map((row, i) => [`row ${i}`, row, promptLength + rows[i], [1]]);
  if (result.token_importance_total) return [['span', result.token_importance_total, promptLength + rows[0], rows.map(() => 1)]];
  return []; // hop 0 of flashtrace is the same pass, with stop tokens taken out
}

/**
 * Compares the ranks of the scores that a person sees: the observed sum, the span's importance, or the mean of the
 * token-wise rows. Spearman goes over the prompt tokens of all cases of a method: in a prompt of 12 tokens two swaps of
 * neighbours that rounding the weights has made are already 0.986.
 * @param tie recorded scores closer than this part of the best one may swap places at the edge of the top tenth
 */
function ranksAlike(recorded: readonly RecordedCase[], results: readonly TokenCaseResult[], tie: number): void {
  for (const method of new Set(recorded.map(({ method: own }) => own))) {
    const pairs = recorded.flatMap(({ method: own, prompt_length: n, expected_fp64, name }, i) =>
      (own === method ? [{ name, wanted: seenScores(expected_fp64, n), found: seenScores(results[i], n) }] : []));
    const correlation = spearman(pairs.flatMap(({ found }) => found), pairs.flatMap(({ wanted }) => wanted));
    assert.ok(correlation >= 0.99, `${method}: Spearman ${correlation.toFixed(4)}`);
    for (const { name, wanted, found } of pairs) {
      const best = [...wanted].sort((a, b) => b - a);
      const count = Math.max(1, Math.floor(wanted.length / 10));
      for (const i of topTokens(found, count)) {
        assert.ok(wanted[i] >= best[count - 1] - tie * best[0], `${name}: token ${i} is among the top ${count} but is ${wanted[i]} where the last of them is ${best[count - 1]}`);
      }
    }
  }
}

function seenScores(result: TokenCaseResult, promptLength: number): number[] {
  const rows = result.observation_sum ? [result.observation_sum] : result.token_importance_total ? [result.token_importance_total] : result.token_importance_matrix!;
  return Array.from({ length: promptLength }, (_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
}

function topTokens(scores: readonly number[], count: number): number[] {
  return scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]).slice(0, count);
}
