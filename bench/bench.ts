/**
 * `npm run bench [-- --model embedded|qwen3-0.6b] [--json OUT]`: prints ratios within one run (medians after a warm-up) and peak memory.
 * The 0.6B shape has random weights, made on the first run (1.2 GB in the temporary folder).
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attribute, extendState } from '../src/engine/attribution';
import { ModelRuntime } from '../src/engine/modelRuntime';
import { TraceState } from '../src/engine/traceState';
import type { TraceJob } from '../src/engine/tracer/traceJob';
import { QWEN3_0_6B, randomCheckpoint } from './randomCheckpoint';

const ROOT = join(__dirname, '..');

interface Shape {
  readonly prompt: number;
  readonly reasoning: number;
  readonly answer: number;
}
interface Row {
  readonly measure: string;
  readonly ratio: number;
  /** What the ratio should stay below (or, for `atLeast`, above). */
  readonly goal: number;
  readonly atLeast?: boolean;
}

/** Rows of the target that token-wise attribution really runs; its time grows with their number, so the rest is multiplied out. */
const TOKENWISE_SAMPLE = 16;

async function median(runs: number, run: () => Promise<unknown>): Promise<number> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)];
}

function job(shape: Shape, change: Partial<TraceJob>): TraceJob {
  const nTokens = shape.prompt + shape.reasoning + shape.answer;
  return {
    method: 'flashtrace', hops: 1, renormThreshold: 0, nTokens, promptLength: shape.prompt, keep: new Uint8Array(nTokens).fill(1),
    target: { start: nTokens - shape.answer, end: nTokens }, reasoning: { start: shape.prompt, end: nTokens - shape.answer }, usableEnd: nTokens, ...change,
  };
}

async function measure(model: ModelRuntime, shape: Shape, runs: number): Promise<Row[]> {
  const { config } = model.checkpoint;
  const nTokens = shape.prompt + shape.reasoning + shape.answer;
  const ids = Array.from({ length: nTokens }, (_, i) => (i * 7919 + 13) % config.dVocab);
  // Plain prefill keeps what any runtime must: the cache, and the logits after the last row.
  const plain = await median(runs, () => extendState(model, new TraceState(config, nTokens - 1, nTokens), ids));
  let state = new TraceState(config, shape.prompt - 1, nTokens);
  const tapped = await median(runs, () => extendState(model, (state = new TraceState(config, shape.prompt - 1, nTokens)), ids));
  const warm = (change: Partial<TraceJob>) => median(runs + 2, () => attribute(model, state, job(shape, change)));
  const oneHop = await warm({});
  const threeHops = await warm({ hops: 3 });
  const wide = { start: shape.prompt, end: nTokens };
  const span = await warm({ method: 'ifr-span', target: wide });
  const sample = { start: nTokens - TOKENWISE_SAMPLE, end: nTokens };
  const tokenwise = (await median(1, () => attribute(model, state, job(shape, { method: 'ifr-tokenwise', target: sample })))) * ((wide.end - wide.start) / TOKENWISE_SAMPLE);
  console.log(`  plain prefill ${plain.toFixed(0)} ms, with taps ${tapped.toFixed(0)} ms, warm trace: 1 hop ${oneHop.toFixed(0)} ms, 3 hops ${threeHops.toFixed(0)} ms, span of ${wide.end - wide.start} ${span.toFixed(0)} ms`);
  return [
    { measure: 'prefill with taps / plain prefill', ratio: tapped / plain, goal: 1.05 },
    { measure: 'warm trace, 1 hop / plain prefill', ratio: oneHop / plain, goal: 0.05 },
    { measure: 'warm trace, 3 hops / plain prefill', ratio: threeHops / plain, goal: 0.12 },
    { measure: `token-wise IFR / warm span trace, ${wide.end - wide.start} tokens`, ratio: tokenwise / span, goal: 130, atLeast: true },
    { measure: 'running the model for every span (plain prefill + trace) / warm trace, 1 hop', ratio: (plain + oneHop) / oneHop, goal: 1, atLeast: true },
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { model: { type: 'string' }, json: { type: 'string' } } });
  const models: Record<string, () => Promise<{ dir: string; shape: Shape; runs: number }>> = {
    embedded: () => Promise.resolve({ dir: join(ROOT, 'models', 'tracelet-1m'), shape: { prompt: 488, reasoning: 480, answer: 32 }, runs: 7 }),
    'qwen3-0.6b': async () => ({ dir: await randomCheckpoint(join(tmpdir(), 'flashtrace-bench-qwen3-0.6b'), QWEN3_0_6B), shape: { prompt: 1536, reasoning: 480, answer: 32 }, runs: 3 }),
  };
  const report: Record<string, unknown> = {};
  for (const [name, open] of Object.entries(models)) {
    if (values.model !== undefined && values.model !== name) continue;
    const { dir, shape, runs } = await open();
    console.log(`${name}: ${shape.prompt} prompt, ${shape.reasoning} reasoning, ${shape.answer} answer tokens`);
    const model = await ModelRuntime.load(dir, 'cpu', join(ROOT, 'dist', 'tracerWorker.js'));
    const loaded = process.memoryUsage().rss;
    const rows = await measure(model, shape, runs);
    await model.dispose();
    const peakBeyondLoadMb = (process.resourceUsage().maxRSS * 1024 - loaded) / 1e6;
    for (const { measure, ratio, goal, atLeast } of rows) {
      const holds = atLeast ? ratio >= goal : ratio <= goal;
      console.log(`  ${ratio.toFixed(3).padStart(9)}  goal ${atLeast ? '>=' : '<='} ${goal}  ${holds ? 'holds' : 'falls short'}  ${measure}`);
    }
    console.log(`  peak memory beyond the loaded model: ${peakBeyondLoadMb.toFixed(0)} MB`);
    report[name] = { shape, rows, peakBeyondLoadMb };
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
}

void main();
