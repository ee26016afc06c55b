import { formatBytes, formatDuration } from '../../view/text/formatNumbers';
import { layerWeights, type ModelConfig } from '../checkpoint/config/modelConfig';
import { MemoryBudgetError } from '../base/errors';
import type { ModelRuntime } from './modelRuntime';
import { TraceState } from '../state/traceState';

/** Rows of a run that says how fast the model is; fewer would say how fast it is at starting. */
export const TRIAL_ROWS = 32;

/**
 * Bytes that the trace state of a transcript takes, without kept attention.
 * @param firstRow position of the last prompt token
 */
export function stateBytes({ nLayers, nHeads, nKvHeads, dHead, dModel }: ModelConfig, length: number, firstRow: number): number {
  const tapped = Math.max(0, length - firstRow);
  return 4 * (nLayers * (2 * length * nKvHeads * dHead + tapped * (nHeads * dHead + 2 * dModel)) + tapped * dModel);
}

/**
 * Floating-point operations of `rows` new rows on top of `past`: two for each weight that is multiplied with, and the attention's
 * products over every column, the masked ones of its own chunk included.
 */
export function runFlops(config: ModelConfig, past: number, rows: number): number {
  return 2 * rows * layerWeights(config) + 4 * rows * (past + rows / 2) * config.nLayers * config.nHeads * config.dHead;
}

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

/** Runs rows and notes how fast that was. */
export async function timedExtend(model: ModelRuntime, state: TraceState, ids: readonly number[]): Promise<void> {
  const flops = runFlops(model.checkpoint.config, state.length, ids.length);
  const started = performance.now();
  await model.session.extend(state, ids);
  if (ids.length >= TRIAL_ROWS) model.flopsPerSecond = (1000 * flops) / (performance.now() - started);
}
