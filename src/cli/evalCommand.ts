import { evaluate, type EvaluationReport } from '../engine/evaluation/evaluate';
import { parseSamples } from '../engine/evaluation/evaluationSample';
import { LoadedModel } from '../engine/loadedModel';
import { formatDuration } from '../shared/formatNumbers';
import { loadOption, LOAD_OPTIONS, numberOption, parseOptions, readText, required, writeOutput } from './arguments';
import type { Command } from './command';
import { evaluationMarkdown } from './evaluationMarkdown';
import { distDir } from './programPaths';

export const evalCommand: Command = {
  usage: `flashtrace eval --model DIR --samples FILE [--count N] [--deletions N] [--json OUT] [--markdown OUT]
                [--device auto|cuda|webgpu|cpu] [--memory-budget GB]
  Lets the model answer prompts with known evidence (JSON Lines, as tools/train/samples.py writes them) and tells how often each
  method finds the evidence; for the first N transcripts also how fast the generation falls apart when the best-scored tokens go first.`,
  async run(args, { write, note, call }) {
    const options = parseOptions(args, { ...LOAD_OPTIONS, samples: { type: 'string' }, count: { type: 'string' }, deletions: { type: 'string' }, json: { type: 'string' }, markdown: { type: 'string' } });
    const { modelDir, device, memoryBudget } = loadOption(options);
    const path = required(options.samples, 'samples', 'a file of samples');
    const samples = parseSamples(await readText(path, 'The samples'), path);
    const count = numberOption(options.count, 'count', { fallback: samples.length, min: 1, max: samples.length });
    const deletions = numberOption(options.deletions, 'deletions', { fallback: 0, min: 0, max: samples.length });
    const started = performance.now();
    const model = await LoadedModel.load(modelDir, device, distDir);
    if (memoryBudget !== undefined) model.states.budget = memoryBudget;
    let report: EvaluationReport;
    try {
      report = await evaluate(model, samples.slice(0, count), { deletions }, call);
    } finally {
      await model.dispose();
    }
    const markdown = evaluationMarkdown(report);
    write(markdown);
    note(`${count} samples in ${formatDuration(performance.now() - started)}`);
    if (options.markdown) await writeOutput(options.markdown, markdown);
    if (options.json) await writeOutput(options.json, `${JSON.stringify(report, null, 1)}\n`);
  },
};
