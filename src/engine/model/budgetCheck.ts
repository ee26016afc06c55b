import { formatBytes, formatDuration } from '../../concepts/formatNumbers';
import { MemoryBudgetError } from '../base/errors';
import { stateBytes } from '../state/stateBytes';
import { TraceState } from '../state/traceState';
import type { ModelRuntime } from './modelRuntime';
import { runFlops, timedExtend, TRIAL_ROWS } from './runSpeed';

/** What something would take beyond what is there. */
export interface Needs {
  /** "X takes": the sentence's beginning. */
  readonly subject: string;
  /** Bytes of trace state. */
  readonly bytes: number;
  readonly flops: number;
}

/**
 * Refuses what would not fit into the memory budget, with what it would take.
 * @param ids something to try the model's speed on
 * @throws MemoryBudgetError
 */
export async function refuseBeyond(model: ModelRuntime, budget: number, ids: readonly number[], { subject, bytes, flops }: Needs): Promise<void> {
  if (bytes <= budget) return;
  if (model.flopsPerSecond === null) await timedExtend(model, new TraceState(model.checkpoint.config, TRIAL_ROWS, TRIAL_ROWS), ids.slice(0, TRIAL_ROWS));
  const duration = formatDuration((1000 * flops) / model.flopsPerSecond!);
  throw new MemoryBudgetError(
    `${subject} ${formatBytes(bytes)} of trace state and about ${duration} to run, and the memory budget is ${formatBytes(budget)}; `
    + 'raise the budget (flashtrace.memoryBudget, --memory-budget) or shorten the transcript.',
  );
}

/** `refuseBeyond` for the run of a transcript. @param ids the whole transcript @throws MemoryBudgetError */
export async function checkBudget(model: ModelRuntime, budget: number, name: string, ids: readonly number[], length: number, firstRow: number): Promise<void> {
  const { config } = model.checkpoint;
  await refuseBeyond(model, budget, ids, {
    subject: `"${name}" with ${length.toLocaleString('en-US')} tokens takes`,
    bytes: stateBytes(config, length, firstRow),
    flops: runFlops(config, 0, length),
  });
}
