import { readdir } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { CheckpointError, UnsupportedCheckpointError } from '../../base/errors';
import { readJson } from './jsonFile';
import { findQuantised } from './quantised/findQuantised';
import type { Quantisation } from './quantised/quantisation';
import { readSafetensorsHeader } from './safetensors';
import { WEIGHT_BYTES, type WeightDtype } from './stored/floats';
import type { StoredArray } from './stored/storedArray';
import type { WeightSource, WeightTensor } from './weightSource';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
/** PyTorch's, ONNX, llama.cpp's, TensorFlow's, Flax's, and safetensors by another name (Mistral's "consolidated", a variant). */
const OTHER_WEIGHTS = /\.(bin|pth?|ckpt|onnx|gguf|ggml|h5|msgpack|safetensors)$/;

/**
 * @param quantisation what config.json says of it; null where it says nothing
 * @throws CheckpointError
 */
export async function openSafetensors(dir: string, quantisation: Quantisation | null): Promise<WeightSource> {
  const arrays = await readArrays(dir);
  const roots = new Set([...arrays.values()].map(({ file }) => parse(file).root));
  if (roots.size > 1) throw new CheckpointError(`The weight files of "${dir}" lie on ${roots.size} drives; put them on one.`);
  return { tensors: await weightsOf(arrays, quantisation), root: [...roots][0] ?? parse(dir).root };
}

/** What is quantised, and what is a number of its own; other arrays are no weights. */
async function weightsOf(arrays: ReadonlyMap<string, StoredArray>, quantisation: Quantisation | null): Promise<Map<string, WeightTensor>> {
  const quantised = quantisation && await findQuantised(arrays, quantisation);
  const tensors = new Map<string, WeightTensor>(quantised?.tensors);
  for (const [name, array] of arrays) {
    if (Object.hasOwn(WEIGHT_BYTES, array.dtype) && !quantised?.parts.has(name)) tensors.set(name, { ...array, name, encoding: 'float', dtype: array.dtype as WeightDtype });
  }
  return tensors;
}

/** As transformers looks for them: a single file goes before an index, which an earlier save may have left. */
async function readArrays(dir: string): Promise<Map<string, StoredArray>> {
  const files = await readdir(dir);
  if (files.includes(SINGLE)) return readSafetensorsHeader(join(dir, SINGLE));
  if (!files.includes(INDEX)) {
    const other = otherWeights(files);
    throw new (other === '' ? CheckpointError : UnsupportedCheckpointError)(`"${dir}" has neither ${SINGLE} nor ${INDEX}${other}; give a checkpoint folder with safetensors weights.`);
  }
  const indexPath = join(dir, INDEX);
  const index = (await readJson(indexPath, 'the list of weight files')) as { weight_map?: unknown };
  if (typeof index?.weight_map !== 'object' || index.weight_map === null) {
    throw new CheckpointError(`"${indexPath}" has no weight_map; the checkpoint is damaged, download it again.`);
  }
  const weightMap = new Map(Object.entries(index.weight_map as Record<string, unknown>).map(([name, file]) => [name, String(file)]));
  const shardNames = [...new Set(weightMap.values())];
  const elsewhere = shardNames.find((file) => basename(file) !== file || file === '..');
  if (elsewhere !== undefined) throw new CheckpointError(`"${indexPath}" names a weight file outside of its folder ("${elsewhere}"), which is not read; put all files of the checkpoint into one folder, and their names alone into the index.`);
  const missing = shardNames.filter((file) => !files.includes(file));
  if (missing.length > 0) {
    throw new CheckpointError(`"${indexPath}" lists ${shardNames.length} weight ${shardNames.length === 1 ? 'file' : 'files'}, of which ${missing.length === 1 ? `"${missing[0]}" is` : `${missing.length} are`} missing${missing.length === 1 ? '' : ` ("${missing[0]}" first)`}; download the rest of the checkpoint.`);
  }
  const shards = new Map<string, Map<string, StoredArray>>();
  for (const file of shardNames) shards.set(file, await readSafetensorsHeader(join(dir, file)));
  const arrays = new Map<string, StoredArray>();
  for (const [name, file] of weightMap) {
    const array = shards.get(file)?.get(name);
    if (array) arrays.set(name, array);
  }
  return arrays;
}

/** What the folder has instead, in words. */
function otherWeights(files: readonly string[]): string {
  const found = files.find((name) => OTHER_WEIGHTS.test(name));
  return found === undefined ? '' : `, only weights of another kind ("${found}")`;
}
