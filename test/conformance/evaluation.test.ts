import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluationReport } from '../../src/engine/evaluation/evaluate';
import { flashtrace } from '../support/command';
import { temporaryFolder } from '../support/temporaryFolder';

const ROOT = join(__dirname, '..', '..');

describe('flashtrace eval', () => {
  const folder = temporaryFolder();

  async function run(name: string): Promise<EvaluationReport> {
    const out = join(folder(), name);
    const { code, stderr, stdout } = await flashtrace(['eval', '--model', join(ROOT, 'models', 'tracelet-1m'), '--samples', join(ROOT, 'test', 'data', 'evaluation', 'samples.jsonl'), '--json', out]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\| flashtrace, 1 hop \| \d\.\d{3} ± \d\.\d{3} \|/);
    return JSON.parse(readFileSync(out, 'utf8')) as EvaluationReport;
  }

  it('scores every method on what the model answers rightly, and gives the same numbers twice', async () => {
    const first = await run('first.json');
    assert.equal(first.asked, 20);
    assert.ok(first.answered >= 5, `${first.answered} answered`);
    const untimed = ({ methods, ...rest }: EvaluationReport) => ({ ...rest, methods: methods.map((method) => ({ ...method, ms: 0 })) });
    assert.deepEqual(untimed(await run('second.json')), untimed(first));
    const precision = (method: string) => first.methods.find((report) => report.method === method)!.firstSource.mean;
    assert.ok(precision('one sentence removed at a time') >= 0.8, 'the model rests on the evidence');
    assert.ok(precision('logit-flow, 2 hops') >= precision('flashtrace, 2 hops'));
    for (const { recovery } of first.methods) assert.ok(recovery.mean <= first.ceiling.mean + 1e-12);
  });

  it('refuses a file without samples in one sentence', async () => {
    const { code, stderr } = await flashtrace(['eval', '--model', join(ROOT, 'models', 'tracelet-1m'), '--samples', join(ROOT, 'package.json')]);
    assert.equal(code, 2);
    assert.match(stderr, /^flashtrace: Line 1 of ".*package\.json" is not JSON; give one sample a line/);
  });
});
