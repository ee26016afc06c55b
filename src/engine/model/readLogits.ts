import { breatheUnlessCancelled } from '../base/breathe';
import { CheckpointError } from '../base/errors';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { readRows, readTensor } from '../checkpoint/weights/readTensor';
import type { WeightTensor } from '../checkpoint/weights/weightSource';
import type { TraceState } from '../state/traceState';
import type { ModelRuntime } from './modelRuntime';

/** Numbers of a weight that are looked at together. */
const BLOCK = 1 << 22;

/**
 * The state's logits, read (`ModelSession.readLogits`), which must be numbers: one weight that is none would give an empty trace without a word.
 * @throws CheckpointError that names the weight, CancelledError
 */
export async function readLogits(model: Pick<ModelRuntime, 'session' | 'checkpoint'>, state: TraceState, signal?: AbortSignal): Promise<void> {
  const { lastLogits: known } = state;
  await model.session.readLogits(state, () => breatheUnlessCancelled(signal));
  // A state that was looked at before is not looked at again: every highlight comes by here.
  if (state.lastLogits !== known && holdsNoNumber(state.lastLogits)) throw await noNumbers(model.checkpoint);
}

/** A plain loop: every generated token's logits, a whole vocabulary of them, pass through it. Minus infinity is a logit that a model may give. */
function holdsNoNumber(logits: Float32Array): boolean {
  for (let i = 0; i < logits.length; i++) if (!(logits[i] < Infinity)) return true;
  return false;
}

/** What is to be said of a model whose logits are no numbers: the first weight that is none, or that its numbers grow too large. */
async function noNumbers({ dir, tensors }: Checkpoint): Promise<CheckpointError> {
  for (const tensor of tensors.values()) {
    const found = await firstNoNumber(tensor);
    if (found) return new CheckpointError(`The weight "${tensor.name}" in "${tensor.file}" holds ${found.value} at position ${found.at.toLocaleString('en-US')}, and the model computes no numbers with it; download the file again or choose another checkpoint.`);
  }
  return new CheckpointError(`"${dir}" computes no numbers in fp32, though its weights are numbers: they grow too large on the way; choose another checkpoint.`);
}

async function firstNoNumber(tensor: WeightTensor): Promise<{ readonly value: number; readonly at: number } | null> {
  const [rows, ...rest] = tensor.shape;
  const width = rest.reduce((a, b) => a * b, 1);
  const step = rest.length === 0 ? rows : Math.max(1, Math.floor(BLOCK / width));
  for (let row = 0; row < rows; row += step) {
    const block = rest.length === 0 ? await readTensor(tensor) : await readRows(tensor, row, Math.min(rows, row + step));
    const at = block.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) return { value: block[at], at: row * width + at };
  }
  return null;
}
