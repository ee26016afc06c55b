import type { Precision } from '../../../protocol/engine/model';
import type { Checkpoint } from '../checkpoint';
import { packedForms } from './packedForm';
import { packedLayout } from './packedLayout';

/**
 * Bytes of memory that a model's weights take while it is loaded: ONNX Runtime lays out every matrix anew for its products, in fp32 or in the blocks that it is
 * given, and of blocks of 8 bits keeps a sum each beside their scales.
 */
export function heldBytes(checkpoint: Checkpoint, precision: Precision): number {
  const { tensors } = checkpoint;
  const forms = packedForms(checkpoint, precision);
  const packed = packedLayout(tensors, forms);
  const mapped = [...forms].filter(([, { kind }]) => kind === 'file').map(([name]) => 4 * tensors.get(name)!.shape.reduce((a, b) => a * b, 1));
  const sums = [...packed.tensors.values()].map((tensor) => (tensor.kind === 'blocks' && tensor.bits === 8 ? tensor.scales.length : 0));
  return [...mapped, ...sums].reduce((a, b) => a + b, packed.bytes);
}
