import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCaseResult } from '../../../src/evaluation/tokenCases';
import { spearman } from '../../../src/evaluation/measures/statistics';
import { flashtrace } from '../../support/flashtraceCommand';
import { GOLDEN_DIR, recordedCases, SCORE_FIELDS } from '../../support/recordedCases';
import { temporaryFolder } from '../../support/temporaryFolder';

/** On machines without a GPU this runs on SwiftShader, which the test command sets up where it is installed. */
describe('WebGPU against the CPU', function () {
  const folder = temporaryFolder();

  it('gives the same decoder and ranks tokens alike', async function () {
    const name = 'qwen3';
    const results = new Map<string, TokenCaseResult[]>();
    for (const device of ['webgpu', 'cpu']) {
      const out = join(folder(), `${device}.json`);
      const { code, stderr } = await flashtrace(['cases', '--model', join(GOLDEN_DIR, name), '--cases', join(GOLDEN_DIR, name, 'cases.json'), '--out', out, '--device', device]);
      assert.equal(code, 0, stderr);
      if (!stderr.includes(` on ${device} `)) {
        assert.ok(process.env.FLASHTRACE_SWIFTSHADER === undefined, `WebGPU is set up here but was not used: ${stderr}`);
        console.log(`      skipped: WebGPU does not start on this machine (${stderr.trim().split('\n')[0]})`);
        this.skip();
      }
      results.set(device, (JSON.parse(readFileSync(out, 'utf8')) as { cases: TokenCaseResult[] }).cases);
    }
    const cpu = results.get('cpu')!;
    results.get('webgpu')!.forEach((found, i) => {
      assert.deepEqual(found.argmax_per_position, cpu[i].argmax_per_position, found.name);
      const promptLength = recordedCases(name)[i].prompt_length;
      for (const field of SCORE_FIELDS) {
        const rows = (result: TokenCaseResult) => ([] as number[]).concat(...(result[field] ?? []).map((row) => (typeof row === 'number' ? [row] : row.slice(0, promptLength))));
        const wanted = rows(cpu[i]);
        if (field === 'thinking_ratios' || wanted.every((score) => score === 0)) continue;
        const correlation = spearman(rows(found), wanted);
        assert.ok(correlation >= 0.99, `${found.name} ${field}: Spearman ${correlation}`);
      }
    });
  });
});
