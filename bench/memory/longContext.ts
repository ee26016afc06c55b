import { AttentionKeeper } from '../../src/engine/attribution/inputs/attentionKeeper';
import { attribute } from '../../src/engine/model/attribute';
import type { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { stateBytes } from '../../src/engine/state/stateBytes';
import type { TraceState } from '../../src/engine/state/traceState';
import { peakMemory } from '../measuring/peakMemory';
import { time, type Timing } from '../measuring/timing';
import { generatedRows, job, length, runState, type BenchModel, type Shape } from '../subject/benchModel';

/** A long transcript beside the shorter one: the same span, more to look back at. */
export interface LongContext {
  readonly tokens: number;
  readonly longTokens: number;
  /** One run of the long transcript, in ms. */
  readonly prefillMs: number;
  /** K + V of every row, and q, xIn, xMid of the generated ones, as they are stored. */
  readonly stateBytes: number;
  /** What a first trace of a few tokens adds to the process: the tracer's copy of weights, pages of weights that loading had not touched. */
  readonly warmUpBytes: number;
  /** What the process grew by after that over the run and a trace of one hop, no attention kept. */
  readonly peakBytes: number;
  /** A warm trace of one hop without kept attention. */
  readonly lean: { readonly short: Timing; readonly long: Timing };
  /** The same with all that it looks at kept, and what that takes. */
  readonly kept: { readonly short: Timing; readonly long: Timing; readonly longBytes: number };
}

export async function measureLongContext(model: ModelRuntime, { shape, long = shape, runs }: BenchModel): Promise<LongContext> {
  const lean = async (of: Shape): Promise<TraceState> => {
    const state = await runState(model, of);
    state.attention.claim = () => false;
    return state;
  };
  const warm = (state: TraceState, of: Shape) => time(runs, () => attribute(model, state, job(of, {})));
  const few: Shape = { prompt: 16, reasoning: 8, answer: 8 };
  const warmUp = await peakMemory(async () => { await attribute(model, await lean(few), job(few, {})); });
  let prefillMs = 0;
  const { result: state, bytes } = await peakMemory(async () => {
    const started = performance.now();
    const run = await lean(long);
    prefillMs = performance.now() - started;
    await attribute(model, run, job(long, {}));
    return run;
  });
  const leanLong = await warm(state, long);
  const keeper = new AttentionKeeper(model.session.attention);
  const keep = async (run: TraceState, of: Shape): Promise<void> => {
    run.attention.claim = () => true;
    await keeper.keep(run, generatedRows(of));
  };
  await keep(state, long);
  const keptLong = await warm(state, long);
  const longBytes = state.attention.bytes;
  state.attention.drop();
  const other = await lean(shape);
  const leanShort = await warm(other, shape);
  await keep(other, shape);
  return {
    tokens: length(shape), longTokens: length(long), prefillMs, warmUpBytes: warmUp.bytes, peakBytes: bytes,
    stateBytes: stateBytes(model.checkpoint.config, length(long), long.prompt - 1),
    lean: { short: leanShort, long: leanLong },
    kept: { short: await warm(other, shape), long: keptLong, longBytes },
  };
}
