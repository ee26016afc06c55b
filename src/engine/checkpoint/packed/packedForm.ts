import type { Precision } from '../../../protocol/engine/model';
import { decidingWeights } from '../config/countWeights';
import { outputEmbedding, PER_LAYER_TABLE } from '../config/modelConfig';
import type { Checkpoint } from '../checkpoint';
import { blocksOf, type BlockGrid } from '../weights/blocks';
import type { WeightTensor } from '../weights/weightSource';

/** In which form a weight is held while a model is in memory. */
export type PackedForm =
  /** Mapped from the file that it lies in. */
  | { readonly kind: 'file' }
  | { readonly kind: 'fp32' }
  /** Those of the file, number by number, where it has such (`blocksOf`). */
  | ({ readonly kind: 'blocks' } & BlockGrid);

/** Of our own 8 bits, largest first: scales of larger ones take less memory. */
const BLOCK_SIZES = [128, 64, 32, 16] as const;

/** The form of every weight that the decoder's graphs read. An input embedding that is not the output's, too, is none of them: its rows are read one by one. */
export function packedForms({ config, tensors }: Checkpoint, precision: Precision): Map<string, PackedForm> {
  const forms = new Map<string, PackedForm>();
  const deciding = decidingWeights(config);
  for (const [name, tensor] of tensors) {
    if (name === PER_LAYER_TABLE || (name === 'model.embed_tokens.weight' && outputEmbedding(config) !== name)) continue;
    forms.set(name, formOf(tensor, deciding.has(name) ? 'exact' : precision));
  }
  return forms;
}

function formOf(tensor: WeightTensor, precision: Precision): PackedForm {
  const floats: PackedForm = { kind: tensor.encoding === 'float' ? 'file' : 'fp32' };
  if (precision === 'exact' || tensor.shape.length !== 2) return floats;
  const stored = blocksOf(tensor);
  if (stored) return { kind: 'blocks', ...stored };
  const blockSize = precision === '8 bit' ? BLOCK_SIZES.find((size) => tensor.shape[1] % size === 0) : undefined;
  return blockSize === undefined ? floats : { kind: 'blocks', bits: 8, blockSize, hasOffsets: false };
}
