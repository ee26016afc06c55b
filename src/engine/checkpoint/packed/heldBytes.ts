import type { Precision } from '../../../protocol/engine/model';
import type { Checkpoint } from '../checkpoint';
import { packedForms, type PackedForm } from './packedForm';

/**
 * Bytes of memory that a model's weights take while it is loaded: ONNX Runtime lays out every matrix anew for its products, in fp32 or in the blocks it has, and of
 * blocks of 8-bit products keeps a sum each beside their scales.
 */
export function heldBytes(checkpoint: Checkpoint, precision: Precision): number {
  const forms = packedForms(checkpoint, precision);
  let bytes = 0;
  for (const [name, form] of forms) bytes += numbersOf(checkpoint, name) * bytesPerNumber(form);
  return bytes;
}

function numbersOf({ tensors }: Checkpoint, name: string): number {
  return tensors.get(name)!.shape.reduce((a, b) => a * b, 1);
}

function bytesPerNumber(form: PackedForm): number {
  if (form.kind !== 'blocks') return 4;
  const perBlock = 4 * ((form.hasOffsets ? 2 : 1) + (form.bits === 8 ? 1 : 0));
  return form.bits / 8 + perBlock / form.blockSize;
}
