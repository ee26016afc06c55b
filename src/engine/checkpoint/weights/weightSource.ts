import type { QuantisedTensor } from './quantised/readQuantised';
import type { ReorderedTensor } from './reorderedTensor';
import type { FileTensor } from './stored/fileTensor';
import type { ViewedTensor } from './viewedTensor';

/**
 * A weight that stays in its files; plain data, so that a worker reads its own copy. `encoding` says how its numbers lie there (`readTensor` has a
 * reader for each), `shape` is that of the numbers, `dtype` what people call the type.
 */
export type WeightTensor = FileTensor | QuantisedTensor | ViewedTensor | ReorderedTensor;

/**
 * Where a checkpoint's weights come from. Names, shapes, stored types and places are known once it is open; the numbers stay in their files, from
 * where ONNX Runtime maps them and `readTensor` and `readRows` read what is needed. Safetensors and GGUF files are such sources.
 */
export interface WeightSource {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Filesystem root that all weight files share; external data is given relative to it. */
  readonly root: string;
}
