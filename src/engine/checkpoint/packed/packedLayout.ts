import type { BlockGrid } from '../weights/blocks';
import type { WeightTensor } from '../weights/weightSource';
import type { PackedForm } from './packedForm';

/** Bytes of the packed file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** A weight in the packed file. */
export type PackedTensor =
  | { readonly kind: 'fp32'; readonly shape: readonly number[]; readonly values: Place }
  | ({ readonly kind: 'blocks'; readonly shape: readonly number[]; readonly quants: Place; readonly scales: Place; readonly offsets: Place | null } & BlockGrid);

export interface PackedLayout {
  readonly tensors: ReadonlyMap<string, PackedTensor>;
  readonly bytes: number;
}

/** ONNX Runtime maps from whole pages on, and reads fp32 at multiples of 4. */
const ALIGNMENT = 64;

/** Where everything lies; weights that stay in their own files are left out. */
export function packedLayout(tensors: ReadonlyMap<string, WeightTensor>, forms: ReadonlyMap<string, PackedForm>): PackedLayout {
  const placed = new Map<string, PackedTensor>();
  let end = 0;
  const place = (length: number): Place => {
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = offset + length;
    return { offset, length };
  };
  for (const [name, form] of forms) {
    if (form.kind === 'file') continue;
    const { shape } = tensors.get(name)!;
    const count = shape.reduce((a, b) => a * b, 1);
    if (form.kind === 'fp32') {
      placed.set(name, { kind: 'fp32', shape, values: place(4 * count) });
      continue;
    }
    const { bits, blockSize, hasOffsets } = form;
    const perBlock = (4 * count) / blockSize;
    placed.set(name, { kind: 'blocks', shape, bits, blockSize, hasOffsets, quants: place((count * bits) / 8), scales: place(perBlock), offsets: hasOffsets ? place(perBlock) : null });
  }
  return { tensors: placed, bytes: end };
}

export function placesOf(tensor: PackedTensor): readonly Place[] {
  return tensor.kind === 'fp32' ? [tensor.values] : [tensor.quants, tensor.scales, ...(tensor.offsets ? [tensor.offsets] : [])];
}
