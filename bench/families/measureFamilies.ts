import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attribute } from '../../src/engine/model/attribute';
import { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { median } from '../../src/evaluation/measures/statistics';
import type { Row } from '../measuring/row';
import { once } from '../measuring/timing';
import { job, length, runState, type Shape } from '../subject/benchModel';
import { randomCheckpoint } from '../subject/randomCheckpoint';
import { EXPERTS, SHAPES, WINDOWS } from './familyShapes';

const SHAPE: Shape = { prompt: 768, reasoning: 224, answer: 32 };
const LONG: Shape = { prompt: 3840, reasoning: 224, answer: 32 };
const DECODED = 32;
const RUNS = 6;

/** What families cost that have more than a Llama: taps, experts, windows; ratios of medians, measured in turn. */
export async function measureFamilies(onRow: (row: Row) => void): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (...found: Row[]) => {
    rows.push(...found);
    found.forEach(onRow);
  };
  for (const [name, config] of Object.entries(SHAPES)) {
    await using model = await opened(name, config);
    const [plain, tapped] = await inTurn([() => runState(model.runtime, SHAPE, length(SHAPE) - 1), () => runState(model.runtime, SHAPE)]);
    add({ measure: `${name}: prefill with taps / plain prefill, ${length(SHAPE)} tokens`, value: tapped / plain, goal: 1.05 });
  }
  add(...await experts());
  add(...await windows());
  return rows;
}

async function experts(): Promise<Row[]> {
  await using dense = await opened('dense', EXPERTS.dense);
  await using sparse = await opened('experts', EXPERTS.experts);
  const decode = async ({ runtime }: Opened) => {
    const state = await runState(runtime, { prompt: 256, reasoning: 0, answer: 0 }, 255);
    return once(async () => { for (let i = 0; i < DECODED; i++) await runtime.session.extend(state, [i]); });
  };
  const prefill = ({ runtime }: Opened) => once(() => runState(runtime, SHAPE));
  const [ofDense, ofSparse, denseRow, sparseRow] = await medians([() => prefill(dense), () => prefill(sparse), () => decode(dense), () => decode(sparse)]);
  return [
    { measure: `8 of 64 experts / a dense MLP of their width together: prefill, ${length(SHAPE)} tokens`, value: ofSparse / ofDense },
    { measure: 'the same, decoding a token', value: sparseRow / denseRow },
    { measure: 'weights of the experts / of the dense one', value: sparse.runtime.info.parameters / dense.runtime.info.parameters },
  ];
}

async function windows(): Promise<Row[]> {
  await using sliding = await opened('sliding', WINDOWS.sliding);
  await using full = await opened('full', WINDOWS.full);
  const trace = async ({ runtime }: Opened) => {
    const state = await runState(runtime, LONG);
    return once(() => attribute(runtime, state, job(LONG, {})));
  };
  const prefill = ({ runtime }: Opened) => once(() => runState(runtime, LONG));
  const [ofSliding, ofFull, slidingTrace, fullTrace] = await medians([() => prefill(sliding), () => prefill(full), () => trace(sliding), () => trace(full)], 1);
  return [
    { measure: `layers with a window of 512 / without: prefill, ${length(LONG)} tokens`, value: ofSliding / ofFull },
    { measure: 'the same, first trace of a span', value: slidingTrace / fullTrace },
  ];
}

/** Medians of what each takes; one after the other, round by round: machines drift. The first round does not count. */
async function inTurn(runs: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  return medians(runs.map((run) => () => once(run)));
}

async function medians(measures: readonly (() => Promise<number>)[], rounds = RUNS): Promise<number[]> {
  const found: number[][] = measures.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, measure] of measures.entries()) {
      const ms = await measure();
      if (round > 0) found[i].push(ms);
    }
  }
  return found.map(median);
}

interface Opened {
  readonly runtime: ModelRuntime;
}

async function opened(name: string, config: Record<string, unknown>): Promise<Opened & AsyncDisposable> {
  const dir = await randomCheckpoint(join(tmpdir(), `flashtrace-bench-${name.replace(/\W+/g, '-')}`), config);
  const runtime = await ModelRuntime.load(dir, 'cpu', join(__dirname, '..', '..', 'dist'), { precision: 'exact' });
  return { runtime, [Symbol.asyncDispose]: () => runtime.dispose() };
}
