import type { GgmlBlockType } from '../../gguf/ggmlTypes';

/** The number types that a decoder's weights come in where they are not quantised. */
export const WEIGHT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
export type WeightDtype = keyof typeof WEIGHT_BYTES;

/** An array as it lies in a file. */
export interface StoredArray {
  /** As its format names it: F32, I32, Q4_0... */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Real path (symlinks resolved: ONNX Runtime refuses external data behind a link that leaves its folder). */
  readonly file: string;
  /** Absolute byte position in the file. */
  readonly offset: number;
  readonly length: number;
}

/** Numbers, one after the other. */
export interface FloatTensor extends StoredArray {
  readonly name: string;
  readonly encoding: 'float';
  readonly dtype: WeightDtype;
}

/** Blocks of a GGUF file, along the rows. */
export interface GgmlTensor extends StoredArray {
  readonly name: string;
  readonly encoding: 'ggml';
  readonly dtype: GgmlBlockType;
}

/**
 * A weight that stays in its files; plain data, so that a worker reads its own copy. `encoding` says how its numbers lie there (`readTensor` has a
 * reader for each), `shape` is that of the numbers.
 */
export type WeightTensor = FloatTensor | GgmlTensor;

/**
 * Where a checkpoint's weights come from. Names, shapes, stored types and places are known once it is open; the numbers stay in their files, from
 * where ONNX Runtime maps them and `readTensor` and `readRows` read what is needed. Safetensors and GGUF files are such sources.
 */
export interface WeightSource {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Filesystem root that all weight files share; external data is given relative to it. */
  readonly root: string;
}
