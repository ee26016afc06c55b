import { floats, type WeightDtype } from '../stored/floats';
import { readStored, type StoredArray } from '../stored/storedArray';
import { unpack, wordsOf, type CodedRows, type CodeGrid } from './codes';
import { FLOATS, type Parts, type QuantisedBase } from './parts';

export interface MlxPrecision {
  readonly bits: number;
  readonly groupSize: number;
}

/** MLX's `quantization`. */
export interface MlxOptions extends MlxPrecision {
  readonly format: 'mlx';
  /** Of modules that differ, by their names. */
  readonly modules: ReadonlyMap<string, MlxPrecision>;
}

/**
 * MLX's "affine" layout, of embeddings and heads, too: codes packed along `in`, lowest bits first; value = scale code + bias.
 * Source: mlx 0.32 `quantize`, `dequantize`.
 */
export interface MlxTensor extends QuantisedBase, CodeGrid {
  readonly encoding: 'mlx';
  readonly parts: {
    /** U32 [out, in * bits / 32] */
    readonly codes: StoredArray;
    /** [out, groups] */
    readonly scales: StoredArray & { readonly dtype: WeightDtype };
    readonly biases: StoredArray & { readonly dtype: WeightDtype };
  };
}

const BITS = [2, 3, 4, 5, 6, 8];

/** @throws CheckpointError */
export function findMlx(parts: Parts, options: MlxOptions): MlxTensor {
  const { bits, groupSize } = options.modules.get(parts.stem) ?? options;
  if (!BITS.includes(bits)) throw parts.refused(`has ${bits} bits a number`);
  const codes = parts.need('.weight', ['U32']);
  const [out, words] = parts.matrix(codes, '.weight');
  const shape = parts.sized([out, (words * 32) / bits]);
  const groups = shape[1] / groupSize;
  if (!Number.isInteger(groups)) throw parts.damaged(`has ${shape[1]} inputs, which are no whole number of groups of ${groupSize}`);
  const [scales, biases] = ['.scales', '.biases'].map((suffix) => parts.shaped(parts.need(suffix, FLOATS), suffix, out, groups));
  return { name: `${parts.stem}.weight`, shape, dtype: `MLX ${bits} bit`, file: codes.file, encoding: 'mlx', bits, groupSize, symmetric: false, parts: { codes, scales, biases } };
}

export async function readMlx({ bits, shape: [, width], parts }: MlxTensor, start: number, end: number): Promise<CodedRows> {
  const rows = end - start;
  const [, perRow] = parts.codes.shape;
  const words = wordsOf(await readStored(parts.codes, start, end));
  const codes = new Uint8Array(rows * width);
  for (let r = 0; r < rows; r++) unpack(words, { at: r * perRow, stride: 1, bit: 0 }, bits, width, codes, { at: r * width, stride: 1 });
  const [scales, biases] = await Promise.all([parts.scales, parts.biases].map(async (part) => floats(part.dtype, await readStored(part, start, end))));
  return { codes, scales, biases, zeros: 0, groupIndex: null };
}
