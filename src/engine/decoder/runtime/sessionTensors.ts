import type { Tensor } from 'onnxruntime-node';
import { onnxRuntime } from './onnxRuntime';

/** @param dims whose product is the data's length */
export function float32(data: Float32Array, dims: readonly number[]): Tensor {
  return new (onnxRuntime().Tensor)('float32', data, dims);
}

/** Positions [first, first + count) as the graphs take them, [count] fp32. */
export function positionsTensor(first: number, count: number): Tensor {
  return float32(Float32Array.from({ length: count }, (_, i) => first + i), [count]);
}

/** [values.length] int64 */
export function int64(values: readonly number[]): Tensor {
  return new (onnxRuntime().Tensor)('int64', BigInt64Array.from(values, BigInt), [values.length]);
}
