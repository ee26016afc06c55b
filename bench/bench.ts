/**
 * `npm run bench [-- --model NAME] [--part speed|long] [--out DIR]`: ratios within one run (medians after a warm-up), growth and peak memory.
 * Prints a table, writes DIR/bench.json and DIR/bench.svg (bench/output by default). Every part runs in a process of its own. Checkpoints with random weights are made on
 * the first run, in the temporary folder (1.2 GB for the shape of Qwen3-0.6B).
 */
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { length, MODELS } from './benchModel';
import type { LongContext } from './longContext';
import { plot } from './plot';
import { longRows, rowText, speedRows } from './report';
import type { Speed } from './speed';

function measure<T>(model: string, part: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'child.ts'), [model, part]);
    child.on('message', (result) => { resolve(result as T); });
    child.on('error', reject);
    child.on('exit', (code) => { reject(new Error(`${model}, ${part}: ended with code ${code}`)); });
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { model: { type: 'string' }, part: { type: 'string' }, out: { type: 'string', default: join(__dirname, 'output') } } });
  const speeds: Record<string, Speed> = {};
  const report: Record<string, unknown> = { processor: cpus()[0].model, cores: cpus().length, node: process.version, date: new Date().toISOString() };
  for (const [name, { parts, shape, long, held = false }] of Object.entries(MODELS)) {
    if (values.model !== undefined && values.model !== name) continue;
    for (const part of parts) {
      if (values.part !== undefined && values.part !== part) continue;
      const { prompt, reasoning, answer } = part === 'long' ? long! : shape;
      console.log(`${name}: ${prompt} prompt, ${reasoning} reasoning, ${answer} answer tokens`);
      const measured = await measure<Speed | LongContext>(name, part);
      const rows = part === 'long' ? longRows(measured as LongContext, held) : speedRows(measured as Speed, length(shape) - shape.prompt, held);
      if (part === 'speed') speeds[`${name}, ${length(shape).toLocaleString('en-US')} tokens`] = measured as Speed;
      for (const row of rows) console.log(rowText(row));
      report[`${name} ${part}`] = { shape, ...(part === 'long' && { long }), rows, measured };
    }
  }
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'bench.json'), `${JSON.stringify(report, null, 1)}\n`);
  if (Object.keys(speeds).length > 0) writeFileSync(join(values.out, 'bench.svg'), await plot(speeds));
}

void main();
