/** The element types that a decoder's weights come in. */
export const WEIGHT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
export type WeightDtype = keyof typeof WEIGHT_BYTES;

/** A weight tensor that stays in its file. */
export interface WeightTensor {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /** Real path (symlinks resolved: ONNX Runtime refuses external data behind a link that leaves its folder). */
  readonly file: string;
  /** Absolute byte position in the file. */
  readonly offset: number;
  readonly length: number;
}

/**
 * Where a checkpoint's weights come from. Names, shapes, stored types and places are known once it is open; the numbers stay in their files, from
 * where ONNX Runtime maps them and `readTensor` and `readRows` read what is needed. Safetensors are the first such source.
 */
export interface WeightSource {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Filesystem root that all weight files share; external data is given relative to it. */
  readonly root: string;
}
