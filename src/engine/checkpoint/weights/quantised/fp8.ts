import { readStored, type StoredArray } from '../stored/storedArray';
import type { Parts, QuantisedBase } from './parts';
import { readScales, scaleGrid, SCALES, type ScaleGrid } from './scaleGrid';

/** `quantization_config` of FP8. */
export interface Fp8Options {
  readonly format: 'fp8';
  /** [rows, columns] that share a scale; null: one scale a weight, or one a row. */
  readonly block: readonly [number, number] | null;
}

/**
 * Bytes of float8 (E4M3) of a weight [out, in] times a scale, which some call `weight_scale_inv` and which is no inverse.
 * Source: transformers integrations/finegrained_fp8.py, compressed-tensors compressors/naive_quantized.
 */
export interface Fp8Tensor extends QuantisedBase {
  readonly encoding: 'fp8';
  readonly grid: Pick<ScaleGrid, 'rows' | 'columns'>;
  readonly parts: {
    /** F8_E4M3 [out, in] */
    readonly values: StoredArray;
    /** [ceil(out / grid.rows), ceil(in / grid.columns)] */
    readonly scales: StoredArray;
  };
}

/** @throws CheckpointError */
export function findFp8(parts: Parts, label: string, blocks: readonly (readonly [number, number])[], groupSizes: readonly number[] = []): Fp8Tensor {
  const values = parts.need('.weight', ['F8_E4M3']);
  const shape = parts.sized(parts.matrix(values, '.weight'));
  const inverse = parts.find('.weight_scale_inv', SCALES);
  const suffix = inverse ? '.weight_scale_inv' : '.weight_scale';
  const { rows, columns, scales } = scaleGrid(parts, suffix, inverse ?? parts.need(suffix, SCALES), shape, blocks, groupSizes);
  parts.ignore('.activation_scale', '.input_scale');
  return { name: `${parts.stem}.weight`, shape, dtype: label, file: values.file, encoding: 'fp8', grid: { rows, columns }, parts: { values, scales } };
}

export async function readFp8({ shape: [, width], grid, parts }: Fp8Tensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  const scales = await readScales({ ...grid, scales: parts.scales }, start, end);
  const bytes = await readStored(parts.values, start, end);
  const across = scales.length / (end - start);
  const out = new Float32Array(bytes.length);
  for (let row = 0; row < end - start; row++) {
    for (let i = 0; i < width; i++) out[row * width + i] = E4M3[bytes[row * width + i]] * scales[row * across + Math.floor(i / grid.columns)];
  }
  return out;
}

/** Sign, 4 bits of exponent with bias 7, 3 of fraction; no infinity, all ones is NaN (float8_e4m3fn). */
const E4M3 = Float32Array.from({ length: 256 }, (_, byte) => {
  const sign = byte & 128 ? -1 : 1;
  const [exponent, fraction] = [(byte >> 3) & 15, byte & 7];
  if ((byte & 127) === 127) return NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -9 : (8 + fraction) * 2 ** (exponent - 10));
});
