import { Tensor } from 'onnxruntime-node';

/** Positions [first, first + count) as the graphs take them, [count] fp32. */
export function positionsTensor(first: number, count: number): Tensor {
  return new Tensor('float32', Float32Array.from({ length: count }, (_, i) => first + i), [count]);
}

/** [values.length] int64 */
export function int64(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
}
