import { extendState } from '../../src/engine/model/extendState';
import type { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { TraceState } from '../../src/engine/state/traceState';
import { peakMemory } from '../measuring/peakMemory';
import { once, REPEATS } from '../measuring/timing';
import { tokenIds } from '../subject/benchModel';
import { writeState } from '../subject/stateFile';
import type { Mark } from './extrapolation';

export interface RunTask {
  readonly kind: 'run';
  readonly context: number;
  /** Last rows that are tapped: the longest target's, and the row that produced its first token. */
  readonly taps: number;
  readonly stateFile: string;
  readonly repeatMs: number;
}

/** One transcript's run, from nothing. */
export interface CurveRun {
  readonly context: number;
  readonly taps: number;
  /** Of the run of median duration: rows run, and when. */
  readonly marks: readonly Mark[];
  readonly runs: number;
  /** What the process grew by, state included, after a run of a few tokens. */
  readonly peakBytes: number;
  /** Reading the probability of one generated token. */
  readonly logitsMsPerRow: number;
}

/** Runs the transcript and leaves its state in a file. */
export async function measureRun(model: ModelRuntime, { context, taps, stateFile, repeatMs }: RunTask): Promise<CurveRun> {
  await markedRun(model, 64, 64);
  const first = await peakMemory(() => markedRun(model, context, taps));
  await writeState(stateFile, first.result.state);
  const rows = first.result.state.xFinal.length;
  const logitsMs = await once(() => model.session.readLogits(first.result.state));
  let { marks } = first.result;
  let runs = 1;
  if (total(marks) < repeatMs) {
    const repeated: Mark[][] = [];
    for (let i = 0; i < REPEATS; i++) repeated.push((await markedRun(model, context, taps)).marks);
    marks = repeated.sort((a, b) => total(a) - total(b))[Math.floor(REPEATS / 2)];
    runs = REPEATS;
  }
  return { context, taps, marks, runs, peakBytes: first.bytes, logitsMsPerRow: logitsMs / rows };
}

export function total(marks: readonly Mark[]): number {
  return marks[marks.length - 1].ms;
}

async function markedRun(model: ModelRuntime, context: number, taps: number): Promise<{ state: TraceState; marks: Mark[] }> {
  const { config } = model.checkpoint;
  const state = new TraceState(config, context - taps, context);
  const marks: Mark[] = [];
  const started = performance.now();
  const mark = () => { marks.push({ rows: state.length, ms: performance.now() - started }); };
  await extendState(model, state, tokenIds({ prompt: context, reasoning: 0, answer: 0 }, config.dVocab), { onProgress: mark });
  mark();
  return { state, marks };
}
