import { totalmem } from 'node:os';
import { formatBytes } from '../../concepts/formatNumbers';
import type { Precision } from '../../protocol/engine/model';
import { CheckpointError } from '../base/errors';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { heldBytes } from '../checkpoint/packed/heldBytes';

/** What other programs and the trace of a short transcript need at the least. */
const LEFT_FREE = 0.9;

/** Bytes of memory that this process can ever have: the machine's, or what its container allows. */
export function machineMemory(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}

/**
 * Refuses a model whose weights the machine has no memory for: loading it would take the editor down with it.
 * @throws CheckpointError with what it takes, and which precision would fit
 */
export function refuseTooLarge(checkpoint: Checkpoint, precision: Precision, memory = machineMemory()): void {
  const fits = (bytes: number) => bytes <= LEFT_FREE * memory;
  const needed = heldBytes(checkpoint, precision);
  if (fits(needed)) return;
  const smaller = (['as stored', '8 bit'] as const).map((other) => ({ other, bytes: heldBytes(checkpoint, other) })).find(({ bytes }) => fits(bytes));
  throw new CheckpointError(`The weights of "${checkpoint.name}" take ${formatBytes(needed)} of memory in the precision "${precision}", and this machine has ${formatBytes(memory)}; ${smaller
    ? `choose the precision "${smaller.other}" (flashtrace.precision, --precision), which takes ${formatBytes(smaller.bytes)}, or a smaller model`
    : 'choose a smaller model or a quantised file of it'}.`);
}
