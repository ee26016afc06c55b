import type { CallOptions } from '../../protocol/engine/engineApi';
import type { TraceParams } from '../../protocol/engine/requests';
import { abortable } from '../base/abortable';
import { ColdStateError } from '../base/errors';
import type { TraceState } from '../state/traceState';
import { checkBudget } from './budgetCheck';
import { extendState } from './extendState';
import { readLogits } from './readLogits';
import type { LoadedModel } from './loadedModel';

/**
 * The trace state of a transcript, its logits read; the model runs only over what no kept state has.
 * @param onRun gets the number of runs where there were any
 * @throws CancelledError, CheckpointError for weights that are no numbers
 */
export function acquireState(model: LoadedModel, ids: readonly number[], firstRow: number, call: CallOptions, onRun: (runs: number) => void = () => undefined): Promise<TraceState> {
  // It may wait for the run of another request.
  return abortable(model.states.acquire(ids, firstRow, async (state) => {
    onRun(await extendState(model.runtime, state, ids, call));
    await readLogits(model.runtime, state, call.signal);
  }), call.signal);
}

/**
 * The same for a request of a person, who may have set limits.
 * @throws ColdStateError, MemoryBudgetError, CancelledError
 */
export async function acquireWithin({ document: { name }, warmOnly, exceedBudget }: Pick<TraceParams, 'document' | 'warmOnly' | 'exceedBudget'>, model: LoadedModel, ids: readonly number[], firstRow: number, call: CallOptions, onRun?: (runs: number) => void): Promise<TraceState> {
  const covered = model.states.covers(ids, firstRow);
  if (warmOnly && !covered) {
    throw new ColdStateError(`The text of "${name}" is not in the trace state as it stands now; run Trace Selection, which runs the model over it.`);
  }
  if (!covered && !exceedBudget) await checkBudget(model.runtime, model.states.budget, name, ids, ids.length, firstRow);
  return acquireState(model, ids, firstRow, call, onRun);
}
