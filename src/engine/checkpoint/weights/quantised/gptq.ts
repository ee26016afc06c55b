import { floats, type WeightDtype } from '../stored/floats';
import { readColumns, readStored, type StoredArray } from '../stored/storedArray';
import { transposed, unpack, wordsOf, type CodedRows, type CodeGrid } from './codes';
import { FLOATS, groupIndices, groupSizeOf, type Parts, type QuantisedBase } from './parts';

/** `quantization_config` of GPTQ. */
export interface GptqOptions {
  readonly format: 'gptq';
  readonly bits: number;
  /** -1: one group. */
  readonly groupSize: number;
  /** What is added to a stored code for zero: 1, but 0 in the second version of the format. */
  readonly zeroAdded: 0 | 1;
  /** Whether single modules may have other bits and groups (GPTQModel's `dynamic`). */
  readonly varies: boolean;
}

/**
 * AutoGPTQ's and GPTQModel's layout of a linear [out, in]: codes packed along `in`, codes for zero along `out`, lowest bits first; value = scale (code - zero).
 * Source: AutoGPTQ nn_modules/qlinear/qlinear_cuda.py, GPTQModel utils/model.py.
 */
export interface GptqTensor extends QuantisedBase, CodeGrid {
  readonly encoding: 'gptq';
  readonly zeroAdded: 0 | 1;
  readonly parts: {
    /** I32 [in * bits / 32, out] */
    readonly codes: StoredArray;
    /** I32 [groups, out * bits / 32] */
    readonly zeros: StoredArray;
    /** [groups, out] */
    readonly scales: StoredArray & { readonly dtype: WeightDtype };
    /** I32 [in]; null where inputs stand in the order of their groups. */
    readonly groupIndex: StoredArray | null;
  };
}

const BITS = [2, 3, 4, 8];
const COMPARED_BYTES = 1 << 20;

/** @throws CheckpointError */
export async function findGptq(parts: Parts, options: GptqOptions): Promise<GptqTensor> {
  const codes = parts.need('.qweight', ['I32']);
  const zeros = parts.need('.qzeros', ['I32']);
  const scales = parts.need('.scales', FLOATS);
  const [words, out] = parts.matrix(codes, '.qweight');
  const [groups] = parts.matrix(scales, '.scales');
  parts.shaped(scales, '.scales', groups, out);
  const [, zeroWords] = parts.matrix(zeros, '.qzeros');
  const bits = options.varies ? (zeroWords * 32) / out : options.bits;
  if (!BITS.includes(bits)) throw parts.refused(`has ${bits} bits a number`);
  parts.shaped(zeros, '.qzeros', groups, (out * bits) / 32);
  const width = (words * 32) / bits;
  const shape = parts.sized([out, width]);
  // Another group size of a single module is told by its scales alone.
  const groupSize = options.varies && Math.ceil(width / groupSizeOf(options.groupSize, width)) !== groups ? width / groups : groupSizeOf(options.groupSize, width);
  if (!Number.isInteger(groupSize) || Math.ceil(width / groupSize) !== groups) throw parts.damaged(`has ${groups} groups of scales where ${width} inputs in groups of ${groupSize} are ${Math.ceil(width / groupSize)}`);
  const index = parts.find('.g_idx', ['I32']);
  const groupIndex = await parts.groupIndex(index && parts.shaped(index, '.g_idx', width), groupSize, groups);
  return {
    name: `${parts.stem}.weight`, shape, dtype: `GPTQ ${bits} bit`, file: codes.file, encoding: 'gptq', bits, groupSize, zeroAdded: options.zeroAdded,
    symmetric: await zerosAreHalf(zeros, bits, options.zeroAdded), parts: { codes, zeros, scales, groupIndex },
  };
}

/** Whether every code for zero is the middle one. The configuration's `sym` says how scales were chosen; what counts is what is stored. */
async function zerosAreHalf(zeros: StoredArray, bits: number, added: number): Promise<boolean> {
  if (32 % bits !== 0) return false;
  let word = 0;
  for (let bit = 0; bit < 32; bit += bits) word += (2 ** (bits - 1) - added) * 2 ** bit;
  const [groups] = zeros.shape;
  const rows = Math.max(1, Math.floor((COMPARED_BYTES * groups) / zeros.length));
  for (let row = 0; row < groups; row += rows) {
    if (wordsOf(await readStored(zeros, row, Math.min(groups, row + rows))).some((found) => found !== word)) return false;
  }
  return true;
}

export async function readGptq({ bits, shape: [, width], zeroAdded, parts }: GptqTensor, start: number, end: number): Promise<CodedRows> {
  const rows = end - start;
  const [words] = parts.codes.shape;
  const packed = transposed(wordsOf(await readColumns(parts.codes, start, end)), words, rows);
  const codes = new Uint8Array(rows * width);
  for (let r = 0; r < rows; r++) unpack(packed, { at: r * words, stride: 1, bit: 0 }, bits, width, codes, { at: r * width, stride: 1 });

  const [groups] = parts.scales.shape;
  const [firstWord, endWord] = [Math.floor((start * bits) / 32), Math.ceil((end * bits) / 32)];
  const packedZeros = wordsOf(await readColumns(parts.zeros, firstWord, endWord));
  const zeros = new Uint8Array(rows * groups);
  for (let g = 0; g < groups; g++) unpack(packedZeros, { at: g * (endWord - firstWord), stride: 1, bit: start * bits - firstWord * 32 }, bits, rows, zeros, { at: g, stride: groups });

  return {
    // A zero never wraps: a stored 15 of 4 bits is 16.
    codes, zeros: Int32Array.from(zeros, (zero) => zero + zeroAdded), biases: null, scales: transposed(floats(parts.scales.dtype, await readColumns(parts.scales, start, end)), groups, rows),
    groupIndex: parts.groupIndex && groupIndices(await readStored(parts.groupIndex)),
  };
}
