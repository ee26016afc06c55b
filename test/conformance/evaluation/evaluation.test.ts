import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dynamicsPlot, hopsPlot, recoveryPlot } from '../../../bench/evaluation/evaluationPlots';
import type { EvaluationReport, EvaluationTimes } from '../../../src/evaluation/report/evaluationReport';
import { flashtrace } from '../../support/flashtraceCommand';
import { ROOT } from '../../support/folders';
import { temporaryFolder } from '../../support/temporaryFolder';

const MODEL = join(ROOT, 'models', 'tracelet-1m');
const SAMPLES = join(ROOT, 'test', 'data', 'evaluation', 'samples.jsonl');

describe('flashtrace eval', function () {
  this.timeout(400_000); // more than a thousand runs of the model
  const folder = temporaryFolder();

  async function run(name: string, ...args: readonly string[]) {
    const [json, times] = [join(folder(), `${name}.json`), join(folder(), `${name}-times.json`)];
    const { code, stderr, stdout } = await flashtrace(['eval', '--model', MODEL, '--samples', SAMPLES, '--json', json, '--times', times, ...args]);
    assert.equal(code, 0, stderr);
    const text = readFileSync(json, 'utf8');
    return { stdout, text, report: JSON.parse(text) as EvaluationReport, times: JSON.parse(readFileSync(times, 'utf8')) as EvaluationTimes };
  }

  it('scores every method on what the model answers rightly', async () => {
    const { report, times, stdout } = await run('all', '--transcripts', '6', '--deletions', '1', '--ablations', '1');
    assert.match(stdout, /\| flashtrace, 1 hop \| \d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\) \|/);
    assert.match(stdout, /\| one token removed at a time \(first 1\) \|/);
    assert.equal(report.promptTokens.n, 6, 'it ends with the sixth right answer');
    assert.ok(report.methods.every(({ deletion }) => deletion?.rise.n === 1));
    const of = (method: string) => report.methods.find((found) => found.method === method)!;
    for (const removal of ['one sentence removed at a time', 'CLP: KL of one sentence removed', 'verified sources (logit-flow, 2 hops)']) {
      assert.ok(of(removal).firstSource.mean >= 0.8, `${removal}: the model rests on the evidence`);
    }
    assert.ok(of('logit-flow, 2 hops').firstSource.mean >= of('flashtrace, 2 hops').firstSource.mean);
    for (const { recovery, method } of report.methods) {
      if (recovery.n === report.promptTokens.n) assert.ok(recovery.mean <= report.ceiling.mean + 1e-12, method);
      assert.ok(method in times.methods, `a time of ${method}`);
    }
    for (const { method, hops } of report.dynamics) {
      hops.forEach(({ recovery, firstSource, reaching, mass }, hop) => {
        assert.ok(Math.abs(Object.values(mass).reduce((a, b) => a + b, 0) - reaching) < 1e-6, `${method}, hop ${hop}: mass that adds up`);
        const listed = of(`${method}, ${hop} hop${hop === 1 ? '' : 's'}`);
        assert.deepEqual([recovery, firstSource], [listed.recovery, listed.firstSource]);
      });
    }
    for (const [plot, title] of [[recoveryPlot, 'attention rollout'], [hopsPlot, 'flashtrace-producing'], [dynamicsPlot, 'logit-flow']] as const) {
      const svg = await plot(report);
      assert.match(svg, /^<svg/);
      assert.ok(svg.includes(title) && !svg.includes('NaN'));
    }
  });

  it('gives the same report twice, to the last byte', async () => {
    const args = ['--transcripts', '2', '--ablations', '1'];
    const [first, second] = [await run('first', ...args), await run('second', ...args)];
    assert.equal(second.text, first.text);
    assert.equal(first.report.promptTokens.n, 2);
    assert.ok(!/"ms"|[tT]ime/.test(first.text.replaceAll('at a time', '')), 'no times in it');
    assert.ok(first.report.methods.every(({ deletion }) => deletion === null));
  });

  it('keeps the conclusion of the reasoning alone where it is asked to', async () => {
    const { report, stdout } = await run('conclusion', '--transcripts', '4', '--ablations', '0', '--reasoning', 'conclusion');
    assert.match(stdout, /samples answered exactly, and again from the last sentence of the reasoning alone, which does not state all evidence/);
    assert.deepEqual([report.reasoning, report.promptTokens.n, report.copied.mean], ['conclusion', 4, 0]);
    assert.ok(!('needle' in report.methods[0].byTask), 'its reasoning is one sentence, which is the evidence');
  });

  it('refuses a file without samples, and samples that the model answers otherwise, in one sentence each', async () => {
    const refused = await flashtrace(['eval', '--model', MODEL, '--samples', join(ROOT, 'package.json')]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^flashtrace: Line 1 of ".*package\.json" is not JSON; give one sample a line/);
    const other = join(folder(), 'other.jsonl');
    writeFileSync(other, readFileSync(SAMPLES, 'utf8').split('\n')[0].replace(/"answer": "[^"]*"/, '"answer": "42"'));
    const wrong = await flashtrace(['eval', '--model', MODEL, '--samples', other]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^flashtrace: tracelet-1m answers none of the samples exactly, so there is nothing to trace; give more samples/);
  });
});
