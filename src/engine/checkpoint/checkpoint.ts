import { readFile, stat } from 'node:fs/promises';
import { basename, join, parse, resolve } from 'node:path';
import { CheckpointError } from '../base/errors';
import { parseModelConfig, type ModelConfig } from './config/modelConfig';
import { readSafetensorsHeader, type WeightDtype, type WeightTensor } from './weights/safetensors';

/** A Hugging Face checkpoint folder whose weights have been found and checked, but not read. */
export interface Checkpoint {
  readonly dir: string;
  readonly name: string;
  readonly config: ModelConfig;
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly parameters: number;
  /** The type that most of the weights have. */
  readonly dtype: WeightDtype;
  /** Filesystem root that all weight files share; external data is given relative to it. */
  readonly root: string;
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
  const tensors = await readTensors(dir);
  checkTensors(dir, config, tensors);

  const used = [...tensors.values()];
  const roots = new Set(used.map((tensor) => parse(tensor.file).root));
  if (roots.size !== 1) throw new CheckpointError(`The weight files of "${dir}" lie on ${roots.size} drives; put them on one.`);
  const count = (tensor: WeightTensor) => tensor.shape.reduce((a, b) => a * b, 1);
  const perDtype = new Map<WeightDtype, number>();
  for (const tensor of used) perDtype.set(tensor.dtype, (perDtype.get(tensor.dtype) ?? 0) + count(tensor));
  return {
    dir,
    name: checkpointName(dir),
    config,
    tensors,
    parameters: used.reduce((n, tensor) => n + count(tensor), 0),
    dtype: [...perDtype].sort((a, b) => b[1] - a[1])[0][0],
    root: [...roots][0],
  };
}

/** Names and shapes of every weight of the decoder; the single list that the graph and the checks go by. */
export function expectedShapes(config: ModelConfig): Map<string, readonly number[]> {
  const { dModel, dMlp, dHead, nHeads, nKvHeads, nLayers, dVocab } = config;
  const shapes = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [dVocab, dModel]],
    ['model.norm.weight', [dModel]],
  ]);
  if (!config.tiedEmbeddings) shapes.set('lm_head.weight', [dVocab, dModel]);
  for (let layer = 0; layer < nLayers; layer++) {
    const set = (name: string, ...shape: number[]) => shapes.set(`model.layers.${layer}.${name}`, shape);
    set('input_layernorm.weight', dModel);
    set('post_attention_layernorm.weight', dModel);
    for (const [projection, heads] of [['q', nHeads], ['k', nKvHeads], ['v', nKvHeads]] as const) {
      set(`self_attn.${projection}_proj.weight`, heads * dHead, dModel);
      if (config.attentionBias) set(`self_attn.${projection}_proj.bias`, heads * dHead);
    }
    set('self_attn.o_proj.weight', dModel, nHeads * dHead);
    if (config.qkNorm) {
      set('self_attn.q_norm.weight', dHead);
      set('self_attn.k_norm.weight', dHead);
    }
    set('mlp.gate_proj.weight', dMlp, dModel);
    set('mlp.up_proj.weight', dMlp, dModel);
    set('mlp.down_proj.weight', dModel, dMlp);
  }
  return shapes;
}

function checkTensors(dir: string, config: ModelConfig, tensors: ReadonlyMap<string, WeightTensor>): void {
  for (const [name, shape] of expectedShapes(config)) {
    const tensor = tensors.get(name);
    if (!tensor) throw new CheckpointError(`"${dir}" has no F32, F16 or BF16 tensor "${name}", which a ${config.family} model needs; the checkpoint is incomplete, download it again.`);
    if (tensor.shape.join() !== shape.join()) {
      throw new CheckpointError(`Tensor "${name}" in "${tensor.file}" has shape [${tensor.shape.join(', ')}] where config.json asks for [${shape.join(', ')}]; config.json and weights do not belong together.`);
    }
  }
  // A bias that the graph leaves out would silently give other scores.
  const stray = [...tensors.keys()].find((name) => /^model\.layers\.\d+\..*\.bias$/.test(name) && !expectedShapes(config).has(name));
  if (stray) throw new CheckpointError(`"${dir}" has a tensor "${stray}" that ${config.family} models are not supported with; choose another checkpoint.`);
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

/** @throws CheckpointError when the file is missing or not JSON. */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CheckpointError(`"${path}" (${what}) cannot be read; give a complete Hugging Face checkpoint folder.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`"${path}" (${what}) is not valid JSON; the file is damaged, download it again.`, { cause });
  }
}

/** The folder's name; in a Hugging Face cache (`models--org--name/snapshots/<sha>`) the repository's. */
export function checkpointName(dir: string): string {
  const cached = /models--([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(dir);
  return cached ? cached[1].replaceAll('--', '/') : basename(dir);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
