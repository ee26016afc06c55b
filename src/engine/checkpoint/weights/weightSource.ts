import type { GgmlBlockType } from '../../gguf/ggmlTypes';
import type { QuantisedTensor } from './quantised/readQuantised';
import type { WeightDtype } from './stored/floats';
import type { StoredArray } from './stored/storedArray';

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
 * reader for each), `shape` is that of the numbers, `dtype` what people call the type.
 */
export type WeightTensor = FloatTensor | GgmlTensor | QuantisedTensor;

/**
 * Where a checkpoint's weights come from. Names, shapes, stored types and places are known once it is open; the numbers stay in their files, from
 * where ONNX Runtime maps them and `readTensor` and `readRows` read what is needed. Safetensors and GGUF files are such sources.
 */
export interface WeightSource {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Filesystem root that all weight files share; external data is given relative to it. */
  readonly root: string;
}
