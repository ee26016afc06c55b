import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { CheckpointError } from '../base/errors';
import { expectedShapes } from './config/decoderWeights';
import type { ModelConfig } from './config/modelConfig';
import { parseModelConfig } from './parseModelConfig';
import { readJson } from './weights/jsonFile';
import { openSafetensors } from './weights/safetensorsFolder';
import type { WeightDtype, WeightSource, WeightTensor } from './weights/weightSource';

/** A Hugging Face checkpoint folder whose weights have been found and checked, but not read. */
export interface Checkpoint extends WeightSource {
  readonly dir: string;
  readonly name: string;
  readonly config: ModelConfig;
  readonly parameters: number;
  /** The type that most of the weights have. */
  readonly dtype: WeightDtype;
}

/** @throws CheckpointError */
export async function openCheckpoint(modelDir: string): Promise<Checkpoint> {
  const dir = resolve(modelDir);
  const found = await stat(dir).catch(() => null);
  if (!found?.isDirectory()) {
    throw new CheckpointError(`The model folder "${modelDir}" ${found ? 'is a file' : 'does not exist'}; give a Hugging Face checkpoint folder with config.json and *.safetensors.`);
  }
  const configPath = join(dir, 'config.json');
  const config = parseModelConfig(await readJson(configPath, 'the model\'s configuration'), configPath);
  const weights = await openSafetensors(dir);
  checkTensors(dir, config, weights);

  const used = [...weights.tensors.values()];
  const count = (tensor: WeightTensor) => tensor.shape.reduce((a, b) => a * b, 1);
  const perDtype = new Map<WeightDtype, number>();
  for (const tensor of used) perDtype.set(tensor.dtype, (perDtype.get(tensor.dtype) ?? 0) + count(tensor));
  return {
    ...weights,
    dir,
    name: checkpointName(dir),
    config,
    parameters: used.reduce((n, tensor) => n + count(tensor), 0),
    dtype: [...perDtype].sort((a, b) => b[1] - a[1])[0][0],
  };
}

function checkTensors(dir: string, config: ModelConfig, { tensors }: WeightSource): void {
  const expected = expectedShapes(config);
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (!tensor) throw new CheckpointError(`"${dir}" has no F32, F16 or BF16 tensor "${name}", which a ${config.family} model needs; the checkpoint is incomplete, download it again.`);
    if (tensor.shape.join() !== shape.join()) {
      throw new CheckpointError(`Tensor "${name}" in "${tensor.file}" has shape [${tensor.shape.join(', ')}] where config.json asks for [${shape.join(', ')}]; config.json and weights do not belong together.`);
    }
  }
  // A bias that the graph leaves out would silently give other scores.
  const stray = [...tensors.keys()].find((name) => /^model\.layers\.\d+\..*\.bias$/.test(name) && !expected.has(name));
  if (stray) throw new CheckpointError(`"${dir}" has a tensor "${stray}" that ${config.family} models are not supported with; choose another checkpoint.`);
}

/** The folder's name; in a Hugging Face cache (`models--org--name/snapshots/<sha>`) the repository's. */
export function checkpointName(dir: string): string {
  const cached = /models--([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(dir);
  return cached ? cached[1].replaceAll('--', '/') : basename(dir);
}
