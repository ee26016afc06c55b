import { floats, type WeightDtype } from '../stored/floats';
import { readColumns, type StoredArray } from '../stored/storedArray';
import { transposed, wordsOf, type CodedRows, type CodeGrid } from './codes';
import { FLOATS, groupSizeOf, type Parts, type QuantisedBase } from './parts';

/** `quantization_config` of AWQ. */
export interface AwqOptions {
  readonly format: 'awq';
  /** -1: one group. */
  readonly groupSize: number;
}

/**
 * AutoAWQ's "gemm" layout of a linear [out, in]: codes and codes for zero packed along `out`; value = scale (code - zero).
 * Source: AutoAWQ 0.2.9 utils/packing_utils.py, modules/linear/gemm.py.
 */
export interface AwqTensor extends QuantisedBase, CodeGrid {
  readonly encoding: 'awq';
  readonly parts: {
    /** I32 [in, out / 8] */
    readonly codes: StoredArray;
    /** I32 [groups, out / 8] */
    readonly zeros: StoredArray;
    /** [groups, out] */
    readonly scales: StoredArray & { readonly dtype: WeightDtype };
  };
}

/** The column of each nibble of a word, lowest first. */
const COLUMNS = [0, 2, 4, 6, 1, 3, 5, 7];
const PER_WORD = 8;

/** @throws CheckpointError */
export function findAwq(parts: Parts, options: AwqOptions): AwqTensor {
  const codes = parts.need('.qweight', ['I32']);
  const zeros = parts.need('.qzeros', ['I32']);
  const scales = parts.need('.scales', FLOATS);
  const [width, words] = parts.matrix(codes, '.qweight');
  const [out, groupSize] = [words * PER_WORD, groupSizeOf(options.groupSize, width)];
  const groups = Math.ceil(width / groupSize);
  parts.shaped(zeros, '.qzeros', groups, words);
  parts.shaped(scales, '.scales', groups, out);
  return {
    name: `${parts.stem}.weight`, shape: parts.sized([out, width]), dtype: 'AWQ 4 bit', file: codes.file, encoding: 'awq', bits: 4, groupSize, symmetric: false,
    parts: { codes, zeros, scales },
  };
}

export async function readAwq({ parts }: AwqTensor, start: number, end: number): Promise<CodedRows> {
  const [groups] = parts.scales.shape;
  return {
    codes: await columns(parts.codes, start, end, Uint8Array), zeros: await columns(parts.zeros, start, end, Int32Array), biases: null, groupIndex: null,
    scales: transposed(floats(parts.scales.dtype, await readColumns(parts.scales, start, end)), groups, end - start),
  };
}

/** Codes of outputs [start, end), [end - start, rows], of a packed array of [rows, out / 8] words. */
async function columns<T extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(packed: StoredArray, start: number, end: number, Numbers: new (length: number) => T): Promise<T> {
  const [rows] = packed.shape;
  const [firstWord, endWord] = [Math.floor(start / PER_WORD), Math.ceil(end / PER_WORD)];
  const turned = transposed(wordsOf(await readColumns(packed, firstWord, endWord)), rows, endWord - firstWord);
  const out = new Numbers((end - start) * rows);
  for (let w = firstWord; w < endWord; w++) {
    COLUMNS.forEach((column, nibble) => {
      const row = w * PER_WORD + column - start;
      if (row < 0 || row >= end - start) return;
      const from = (w - firstWord) * rows;
      for (let i = 0; i < rows; i++) out[row * rows + i] = (turned[from + i] >>> (4 * nibble)) & 15;
    });
  }
  return out;
}
