import type { GgmlBlockType } from '../../../gguf/ggmlTypes';
import type { WeightDtype } from './floats';
import type { StoredArray } from './storedArray';

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

/** A weight that is a run of its file. */
export type FileTensor = FloatTensor | GgmlTensor;
