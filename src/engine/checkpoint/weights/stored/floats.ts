import { bfloat16ToFloat, float16ToFloat } from '../../../base/halfFloats';

/** The number types that a decoder's weights come in where they are not quantised. */
export const WEIGHT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
export type WeightDtype = keyof typeof WEIGHT_BYTES;

/** fp32 of numbers of another type. @param bytes from the beginning of a buffer */
export function floats(dtype: WeightDtype, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return dtype === 'BF16' ? bfloat16ToFloat(halves) : float16ToFloat(halves);
}
