import { readStored, type StoredArray } from '../stored/storedArray';
import { unpack, wordsOf, type CodedRows, type CodeGrid } from './codes';
import { findFp8, type Fp8Tensor } from './fp8';
import { FLOATS, groupIndices, type Parts, type QuantisedBase } from './parts';
import { readBytes, readScales, scaleGrid } from './scaleGrid';

/** `quantization_config` of compressed-tensors: what its groups of modules say, taken together. Which of it is a weight's own, its shapes tell. */
export interface CompressedOptions {
  readonly format: 'compressed-tensors';
  /** Bits of integers. */
  readonly bits: readonly number[];
  /** [rows, columns] that share a scale. */
  readonly blocks: readonly (readonly [number, number])[];
  readonly groupSizes: readonly number[];
}

/**
 * Integers packed along `in`, lowest bits first, with 2^(bits - 1) added; value = scale (code - zero).
 * Source: compressed-tensors 0.20 compressors/pack_quantized.
 */
export interface PackedTensor extends QuantisedBase, CodeGrid {
  readonly encoding: 'packed';
  /** Rows that share a scale: one, or all. */
  readonly scaleRows: number;
  readonly parts: {
    /** I32 [out, ceil(in * bits / 32)] */
    readonly codes: StoredArray;
    /** [out / scaleRows, groups] */
    readonly scales: StoredArray;
    /** I32 [ceil(out * bits / 32), groups], packed along `out`; null: 2^(bits - 1). */
    readonly zeros: StoredArray | null;
    /** I32 [in]; null where inputs stand in the order of their groups. */
    readonly groupIndex: StoredArray | null;
  };
}

/**
 * A signed byte a number; value = scale (byte - zero).
 * Source: compressed-tensors 0.20 compressors/naive_quantized.
 */
export interface Int8Tensor extends QuantisedBase, CodeGrid {
  readonly encoding: 'int8';
  /** Rows that share a scale. */
  readonly scaleRows: number;
  readonly parts: {
    /** I8 [out, in] */
    readonly values: StoredArray;
    /** [ceil(out / scaleRows), groups] */
    readonly scales: StoredArray;
    /** I8, as scales; null: 0. */
    readonly zeros: StoredArray | null;
  };
}

const PACKED_BITS = [4, 8];
const MIDDLE = 128;

/** @throws CheckpointError */
export async function findCompressed(parts: Parts, options: CompressedOptions): Promise<PackedTensor | Int8Tensor | Fp8Tensor> {
  const packed = parts.find('.weight_packed', ['I32']);
  const weight = packed ? null : parts.need('.weight', ['I8', 'F8_E4M3']);
  parts.ignore('.input_scale', '.input_zero_point', '.weight_observer');
  if (packed) return findPacked(parts, packed, options);
  return weight!.dtype === 'I8' ? findInt8(parts, weight!, options) : findFp8(parts, 'FP8 (compressed-tensors)', options.blocks, options.groupSizes);
}

async function findPacked(parts: Parts, codes: StoredArray, options: CompressedOptions): Promise<PackedTensor> {
  const written = parts.shaped(parts.need('.weight_shape', ['I64']), '.weight_shape', 2);
  const shape = parts.sized(Array.from(new BigInt64Array((await readStored(written)).buffer), Number));
  const [out, width] = shape;
  const [, words] = parts.shaped(codes, '.weight_packed', out, parts.matrix(codes, '.weight_packed')[1]).shape;
  const bits = options.bits.find((bits) => Math.ceil((width * bits) / 32) === words);
  if (bits === undefined) throw parts.damaged(`has ${words} words a row where ${width} inputs of ${options.bits.join(' or ') || 'no'} bits are configured`);
  if (!PACKED_BITS.includes(bits)) throw parts.refused(`has ${bits} bits a number`);
  const grid = scaleGrid(parts, '.weight_scale', parts.need('.weight_scale', FLOATS), shape, [], options.groupSizes);
  const groups = grid.scales.shape[1];
  const zeros = parts.find('.weight_zero_point', ['I32']);
  if (zeros) parts.shaped(zeros, '.weight_zero_point', Math.ceil((out * bits) / 32), groups);
  if (zeros && grid.rows !== 1) throw parts.refused('has one zero point for all of its rows');
  const index = parts.find('.weight_g_idx', ['I32']);
  const groupIndex = index && await isSet(parts.shaped(index, '.weight_g_idx', width)) ? await parts.groupIndex(index, grid.columns, groups) : null;
  return {
    name: `${parts.stem}.weight`, shape, dtype: `compressed-tensors ${bits} bit`, file: codes.file, encoding: 'packed', bits, groupSize: grid.columns, symmetric: zeros === null, scaleRows: grid.rows,
    parts: { codes, scales: grid.scales, zeros, groupIndex },
  };
}

function findInt8(parts: Parts, values: StoredArray, options: CompressedOptions): Int8Tensor {
  const shape = parts.sized(parts.matrix(values, '.weight'));
  const scales = parts.need('.weight_scale', FLOATS);
  const grid = scaleGrid(parts, '.weight_scale', scales, shape, options.blocks, options.groupSizes);
  const zeros = parts.find('.weight_zero_point', ['I8']);
  if (parts.find('.weight_g_idx', ['I32'])) throw parts.refused('has its inputs permuted');
  return {
    name: `${parts.stem}.weight`, shape, dtype: 'compressed-tensors 8 bit', file: values.file, encoding: 'int8', bits: 8, groupSize: grid.columns, symmetric: zeros === null, scaleRows: grid.rows,
    parts: { values, scales: grid.scales, zeros: zeros && { ...parts.shaped(zeros, '.weight_zero_point', ...scales.shape), shape: grid.scales.shape } },
  };
}

export async function readPacked({ bits, shape: [, width], groupSize, scaleRows, parts }: PackedTensor, start: number, end: number): Promise<CodedRows> {
  const rows = end - start;
  const [, perRow] = parts.codes.shape;
  const words = wordsOf(await readStored(parts.codes, start, end));
  const codes = new Uint8Array(rows * width);
  for (let r = 0; r < rows; r++) unpack(words, { at: r * perRow, stride: 1, bit: 0 }, bits, width, codes, { at: r * width, stride: 1 });
  return {
    codes, biases: null, scales: await readScales({ rows: scaleRows, columns: groupSize, scales: parts.scales }, start, end), zeros: parts.zeros ? await packedZeros(parts.zeros, bits, start, end) : 2 ** (bits - 1),
    groupIndex: parts.groupIndex && groupIndices(await readStored(parts.groupIndex)),
  };
}

/** [end - start, groups] */
async function packedZeros(zeros: StoredArray, bits: number, start: number, end: number): Promise<Int32Array<ArrayBuffer>> {
  const [, groups] = zeros.shape;
  const firstWord = Math.floor((start * bits) / 32);
  const words = wordsOf(await readStored(zeros, firstWord, Math.ceil((end * bits) / 32)));
  const out = new Uint8Array((end - start) * groups);
  for (let g = 0; g < groups; g++) unpack(words, { at: g, stride: groups, bit: start * bits - firstWord * 32 }, bits, end - start, out, { at: g, stride: groups });
  return Int32Array.from(out);
}

export async function readInt8({ groupSize, scaleRows, parts }: Int8Tensor, start: number, end: number): Promise<CodedRows> {
  const codes = await readStored(parts.values, start, end);
  for (let i = 0; i < codes.length; i++) codes[i] ^= MIDDLE; // a signed byte plus 128
  const grid = { rows: scaleRows, columns: groupSize };
  const zeros = parts.zeros && await readBytes({ ...grid, scales: parts.zeros }, start, end);
  return { codes, biases: null, groupIndex: null, scales: await readScales({ ...grid, scales: parts.scales }, start, end), zeros: zeros ? zeros.map((zero) => zero + MIDDLE) : MIDDLE };
}

/** An index of -1 is one that was never set: inputs stand in order. */
async function isSet(index: StoredArray): Promise<boolean> {
  return groupIndices(await readStored(index)).some((group) => group !== -1);
}
