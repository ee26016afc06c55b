import { cpus } from 'node:os';
import { formatDuration } from '../../concepts/formatNumbers';
import { LoadedModel } from '../../engine/model/loadedModel';
import { evaluate } from '../../evaluation/evaluate';
import { evaluationMarkdown } from '../../evaluation/report/evaluationMarkdown';
import type { Evaluation } from '../../evaluation/report/evaluationReport';
import { parseSamples } from '../../evaluation/transcripts/evaluationSample';
import { KEPT_REASONING } from '../../evaluation/transcripts/keptReasoning';
import { choiceOption, loadOption, LOAD_OPTIONS, numberOption, parseOptions, readText, required, writeOutput } from '../arguments';
import type { Command } from '../command';
import { evaluationProgress } from '../output/evaluationProgress';
import { distDir } from '../programPaths';

/** Transcripts for the method that takes as many runs of the model as the prompt has tokens. */
const ABLATIONS = 20;

export const evalCommand: Command = {
  usage: `flashtrace eval --model PATH --samples FILE [--count N] [--transcripts N] [--reasoning ${KEPT_REASONING.join('|')}]
                [--deletions N] [--ablations N] [--json OUT] [--times OUT] [--markdown OUT] [--device auto|cuda|webgpu|cpu] [--precision as-stored|8-bit|exact] [--memory-budget GB]
  Lets the model answer prompts with known evidence (JSON Lines, as tools/train/samples.py writes them), the first N samples or until
  N transcripts are right, and tells how often each method finds the evidence and what each hop does. For the first N transcripts also how
  fast the generation falls apart when the best-scored tokens go first (--deletions), and the removal of every token by itself (--ablations, ${ABLATIONS}).
  With --reasoning conclusion transcripts keep the last sentence of their reasoning alone, and the model writes the answer to that: what methods find
  where the reasoning does not state the evidence (transcripts in which the last sentence does are left out).
  The JSON has no times and is the same for the same samples and model; times have a file of their own.`,
  async run(args, { write, note, call }) {
    const text = { type: 'string' } as const;
    const options = parseOptions(args, { ...LOAD_OPTIONS, samples: text, count: text, transcripts: text, deletions: text, ablations: text, reasoning: text, json: text, times: text, markdown: text });
    const load = loadOption(options);
    const path = required(options.samples, 'samples', 'a file of samples');
    const samples = parseSamples(await readText(path, 'The samples'), path);
    const number = (option: 'count' | 'transcripts' | 'deletions' | 'ablations', fallback: number, min: number) => numberOption(options[option], option, { fallback, min, max: samples.length });
    const count = number('count', samples.length, 1);
    const limits = { reasoning: choiceOption(options.reasoning, 'reasoning', KEPT_REASONING, 'all'), transcripts: number('transcripts', samples.length, 1), deletions: number('deletions', 0, 0), ablations: number('ablations', Math.min(ABLATIONS, samples.length), 0) };
    const started = performance.now();
    const model = await LoadedModel.load(load, distDir);
    let evaluation: Evaluation;
    try {
      evaluation = await evaluate(model, samples.slice(0, count), limits, call, evaluationProgress(process.stderr));
    } finally {
      await model.dispose();
    }
    const markdown = evaluationMarkdown(evaluation);
    write(markdown);
    const totalMs = performance.now() - started;
    note(`${evaluation.report.promptTokens.n} transcripts in ${formatDuration(totalMs)}`);
    const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
    if (options.markdown) await writeOutput(options.markdown, markdown);
    if (options.json) await writeOutput(options.json, json(evaluation.report));
    if (options.times) await writeOutput(options.times, json({ processor: cpus()[0].model, cores: cpus().length, totalMs, ...evaluation.times }));
  },
};
