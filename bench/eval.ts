/**
 * `npm run eval [-- --model DIR] [--seed N] [--count N] [--facts N] [--reasoning all|conclusion] [--deletions N] [--ablations N] [--out DIR]`: seeded samples, their evaluation, tables and plots. Stops after
 * `count` transcripts that the model answered rightly. Writes DIR/evaluation.json (the same for the same seed, count and model: compare two runs with
 * diff), evaluation-times.json, evaluation.md and SVG plots; needs python3 for the samples.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EvaluationReport } from '../src/evaluation/report/evaluationReport';
import { evaluationPage } from './evaluation/evaluationPage';
import { dynamicsPlot, hopsPlot, recoveryPlot } from './evaluation/evaluationPlots';
import { runProgram } from './measuring/runProgram';

const ROOT = join(__dirname, '..');
/** Samples for each transcript that is wanted: the model need only be right on two in three, and be left with a conclusion in two of these. */
const SPARE = { all: 1.5, conclusion: 2.5 };
/** Transcripts for what takes many runs of the model: all shall be done within ten minutes on two cores. */
const DELETIONS = '20';
const ABLATIONS = '40';

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    options: { model: text('models/tracelet-1m'), seed: text('2026'), count: text('200'), facts: text('8'), reasoning: text('all'), deletions: text(DELETIONS), ablations: text(ABLATIONS), out: { type: 'string' } },
  });
  const count = Number(values.count);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`--count is "${values.count}"; give a whole number from 1.`);
  const { reasoning, out: folderOf = reasoning === 'all' ? 'docs/evaluation' : `docs/evaluation/${reasoning}` } = values;
  if (!(reasoning in SPARE)) throw new Error(`--reasoning is "${reasoning}"; choose one of ${Object.keys(SPARE).join(', ')}.`);
  const atMost = (of: string) => String(Math.min(Number(of), count));
  const folder = mkdtempSync(join(tmpdir(), 'flashtrace-eval-'));
  try {
    const samples = join(folder, 'samples.jsonl');
    const out = (name: string) => resolve(ROOT, folderOf, name);
    mkdirSync(resolve(ROOT, folderOf), { recursive: true });
    runProgram(process.execPath, ['esbuild.mjs']);
    runProgram('python3', ['tools/train/samples.py', '--seed', values.seed, '--count', String(Math.ceil(SPARE[reasoning as keyof typeof SPARE] * count)), '--facts', values.facts, '--out', samples]);
    runProgram(process.execPath, ['dist/cli.js', 'eval', '--model', values.model, '--samples', samples, '--transcripts', values.count, '--reasoning', reasoning, '--deletions', atMost(values.deletions),
      '--ablations', atMost(values.ablations), '--json', out('evaluation.json'), '--times', out('evaluation-times.json'), '--markdown', out('evaluation.md')]);
    const report = JSON.parse(readFileSync(out('evaluation.json'), 'utf8')) as EvaluationReport;
    for (const [name, plot] of [['recovery', recoveryPlot], ['hops', hopsPlot], ['dynamics', dynamicsPlot]] as const) writeFileSync(out(`${name}.svg`), await plot(report));
    const options = Object.entries(values).filter(([option]) => option !== 'out').map(([option, value]) => `--${option} ${value}`).join(' ');
    writeFileSync(out('evaluation.md'), evaluationPage(options, relative(resolve(ROOT, folderOf), join(ROOT, 'docs')), readFileSync(out('evaluation.md'), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
