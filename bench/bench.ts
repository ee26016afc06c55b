/**
 * `npm run bench [-- --model NAME] [--part speed|long|curve|families|cut|cancel] [--out DIR]`: ratios within one run (medians after a warm-up), growth and peak memory.
 * Prints a table, writes DIR/bench.json and DIR/bench.svg (bench/output by default). Every part runs in a process of its own. Checkpoints with random weights are made on
 * the first run, in the temporary folder (1.2 GB for the shape of Qwen3-0.6B).
 *
 * The curves of time and memory against length are measured when they are asked for, `--part curve`, into DIR/curve.json, curve.md and curve.svg; other sizes than a model's own:
 * `--context N --targets N,N` while the target grows, `--target N --contexts N,N` while the context does; what would take longer than `--afford SECONDS` is extrapolated.
 *
 * `--part families`: what taps, experts and windows cost in the shapes of models of other families, into DIR/families.json.
 *
 * `--part cut`: what hiding passages takes, into DIR/cut.json.
 *
 * `--part cancel` cancels requests of a long transcript at random moments of every stage and prints how long that takes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCurves } from './curves/writeCurves';
import { measureFamilies } from './families/measureFamilies';
import { inChild } from './measuring/inChild';
import { thisMachine } from './measuring/machine';
import { rowText, type Row } from './measuring/row';
import type { LongContext } from './memory/longContext';
import { longRows } from './memory/longRows';
import { measureCancelLatency } from './speed/cancelLatency';
import { measureCuts } from './speed/cutSpeed';
import type { Speed } from './speed/speed';
import { speedPlot } from './speed/speedPlot';
import { speedRows } from './speed/speedRows';
import { length, MODELS } from './subject/benchModel';

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { model: text, part: text, out: { type: 'string', default: join(__dirname, 'output') }, context: text, targets: text, target: text, contexts: text, afford: text },
  });
  if (values.model !== undefined && !(values.model in MODELS)) throw new Error(`There is no model "${values.model}"; name one of ${Object.keys(MODELS).join(', ')}.`);
  const models = Object.keys(MODELS).filter((name) => values.model === undefined || values.model === name);
  if (values.part === 'cancel') return measureCancelLatency();
  if (values.part === 'families') return writeRows('families', measureFamilies, values.out);
  if (values.part === 'cut') return writeRows('cut', measureCuts, values.out);
  if (values.part === 'curve') return writeCurves(models, values, thisMachine(), values.out);

  const speeds: Record<string, Speed> = {};
  const report: Record<string, unknown> = { ...thisMachine() };
  for (const name of models) {
    const { parts, shape, long, held = false } = MODELS[name];
    for (const part of parts) {
      if (values.part !== undefined && values.part !== part) continue;
      const { prompt, reasoning, answer } = part === 'long' ? long! : shape;
      console.log(`${name}: ${prompt} prompt, ${reasoning} reasoning, ${answer} answer tokens`);
      const measured = await inChild<Speed | LongContext>(name, part);
      const rows = part === 'long' ? longRows(measured as LongContext, held) : speedRows(measured as Speed, length(shape) - shape.prompt, held);
      if (part === 'speed') speeds[`${name}, ${length(shape).toLocaleString('en-US')} tokens`] = measured as Speed;
      for (const row of rows) console.log(rowText(row));
      report[`${name} ${part}`] = { shape, ...(part === 'long' && { long }), rows, measured };
    }
  }
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'bench.json'), `${JSON.stringify(report, null, 1)}\n`);
  if (Object.keys(speeds).length > 0) writeFileSync(join(values.out, 'bench.svg'), await speedPlot(speeds));
}

async function writeRows(name: string, measure: (tell: (row: Row) => void) => Promise<Row[]>, out: string): Promise<void> {
  const rows = await measure((row) => { console.log(rowText(row)); });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify({ ...thisMachine(), rows }, null, 1)}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
