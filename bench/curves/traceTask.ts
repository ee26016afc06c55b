import { AttentionKeeper } from '../../src/engine/attribution/inputs/attentionKeeper';
import type { ModelRuntime } from '../../src/engine/model/modelRuntime';
import type { TraceState } from '../../src/engine/state/traceState';
import { DEFAULT_MEMORY_BUDGET } from '../../src/protocol/engine/model';
import { peakMemory } from '../measuring/peakMemory';
import { tokenIds } from '../subject/benchModel';
import { readState } from '../subject/stateFile';
import type { CurveRun } from './curveRun';

/** One method at one place, on the state that a run has left. */
export interface TraceTask {
  readonly kind: 'trace';
  readonly method: 'flashtrace' | 'ifr-span' | 'logit-flow' | 'tokenwise' | 'ablation';
  readonly target: number;
  /** Whether the attention of the target's rows is kept before the trace, as it is in the pauses after the first one. */
  readonly kept: boolean;
  readonly run: CurveRun;
  readonly stateFile: string;
  readonly affordMs: number;
  readonly repeatMs: number;
}

/** The memory that the process grows by over reading the state, keeping attention and a first trace. @param trace gives its ms */
export async function firstTrace(model: ModelRuntime, task: TraceTask, trace: (state: TraceState) => Promise<number>): Promise<{ result: { state: TraceState; ms: number }; bytes: number }> {
  return peakMemory(async () => {
    const state = await stateOf(model, task);
    state.attention.claim = (bytes) => task.kept && state.bytes + state.attention.bytes + bytes <= DEFAULT_MEMORY_BUDGET;
    await new AttentionKeeper(model.session.attention).keep(state, Array.from({ length: task.target }, (_, i) => state.length - task.target + i));
    return { state, ms: await trace(state) };
  });
}

function stateOf(model: ModelRuntime, { run: { context, taps }, target, stateFile }: TraceTask): Promise<TraceState> {
  const { config } = model.checkpoint;
  return readState(stateFile, config, tokenIds({ prompt: context, reasoning: 0, answer: 0 }, config.dVocab), context - taps, context - target - 1);
}
