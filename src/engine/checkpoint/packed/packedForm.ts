import type { Precision } from '../../../protocol/engine/model';
import { outputEmbedding } from '../config/modelConfig';
import type { Checkpoint } from '../checkpoint';
import { storedLayout, type BlockLayout } from '../weights/blocks';
import type { WeightTensor } from '../weights/weightSource';

/** In which form a weight is held while a model is in memory. */
export type PackedForm =
  /** Mapped from the file that it lies in. */
  | { readonly kind: 'file' }
  | { readonly kind: 'fp32' }
  /** `isStored`: the blocks are those of the file, number by number. */
  | ({ readonly kind: 'blocks'; readonly isStored: boolean } & BlockLayout);

/** Blocks of our own 8 bits: scales of larger ones take less memory, and every power of two up to this one divides the rows of real models. */
const LARGEST_BLOCK = 128;
const SMALLEST_BLOCK = 16;

/**
 * The form of every weight that the decoder's graphs read. An input embedding that is not the output's, too, is none of them: its rows are read one by one.
 * @param isMapped whether a weight's file can be mapped beside the packed one
 */
export function packedForms({ config, tensors }: Checkpoint, precision: Precision, isMapped: (tensor: WeightTensor) => boolean): Map<string, PackedForm> {
  const forms = new Map<string, PackedForm>();
  for (const [name, tensor] of tensors) {
    if (name === 'model.embed_tokens.weight' && outputEmbedding(config) !== name) continue;
    const form = formOf(tensor, precision);
    forms.set(name, form.kind === 'file' && !isMapped(tensor) ? { kind: 'fp32' } : form);
  }
  return forms;
}

function formOf(tensor: WeightTensor, precision: Precision): PackedForm {
  const floats: PackedForm = { kind: tensor.encoding === 'float' ? 'file' : 'fp32' };
  if (precision === 'exact' || tensor.shape.length !== 2) return floats;
  const stored = storedLayout(tensor);
  if (stored) return { kind: 'blocks', isStored: true, ...stored };
  const blockSize = precision === '8 bit' ? largestBlock(tensor.shape[1]) : null;
  return blockSize === null ? floats : { kind: 'blocks', isStored: false, bits: 8, blockSize, hasOffsets: false };
}

function largestBlock(columns: number): number | null {
  for (let size = LARGEST_BLOCK; size >= SMALLEST_BLOCK; size /= 2) if (columns % size === 0) return size;
  return null;
}
