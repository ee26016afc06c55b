import { stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { CheckpointError } from '../../base/errors';
import { readJson } from './jsonFile';
import { readSafetensorsHeader } from './safetensors';
import type { WeightSource, WeightTensor } from './weightSource';

/** @throws CheckpointError */
export async function openSafetensors(dir: string): Promise<WeightSource> {
  const tensors = await readTensors(dir);
  const roots = new Set([...tensors.values()].map(({ file }) => parse(file).root));
  if (roots.size > 1) throw new CheckpointError(`The weight files of "${dir}" lie on ${roots.size} drives; put them on one.`);
  return { tensors, root: [...roots][0] ?? parse(dir).root };
}

async function readTensors(dir: string): Promise<Map<string, WeightTensor>> {
  const indexPath = join(dir, 'model.safetensors.index.json');
  if (!(await exists(indexPath))) {
    const single = join(dir, 'model.safetensors');
    if (!(await exists(single))) {
      throw new CheckpointError(`"${dir}" has neither model.safetensors nor model.safetensors.index.json; give a checkpoint folder with safetensors weights.`);
    }
    return readSafetensorsHeader(single);
  }
  const index = (await readJson(indexPath, 'the list of weight files')) as { weight_map?: unknown };
  if (typeof index?.weight_map !== 'object' || index.weight_map === null) {
    throw new CheckpointError(`"${indexPath}" has no weight_map; the checkpoint is damaged, download it again.`);
  }
  const weightMap = new Map(Object.entries(index.weight_map as Record<string, unknown>).map(([name, file]) => [name, String(file)]));
  const shards = new Map<string, Map<string, WeightTensor>>();
  for (const file of new Set(weightMap.values())) shards.set(file, await readSafetensorsHeader(join(dir, file)));
  const tensors = new Map<string, WeightTensor>();
  for (const [name, file] of weightMap) {
    const tensor = shards.get(file)?.get(name);
    if (tensor) tensors.set(name, tensor);
  }
  return tensors;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
