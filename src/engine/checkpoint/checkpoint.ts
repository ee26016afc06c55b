import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CheckpointError, UnsupportedCheckpointError } from '../base/errors';
import { checkpointName } from './checkpointName';
import { expectedShapes } from './config/decoderWeights';
import { familyOf } from './families/familyRegistry';
import type { ModelConfig } from './config/modelConfig';
import { openGguf } from './gguf/openGguf';
import { quantisationOf, quantisedNames, refuseOtherFolders } from './otherFolders';
import { parseModelConfig } from './parseModelConfig';
import { readJson } from './weights/jsonFile';
import { readTensor, sameNumbers } from './weights/readTensor';
import { openSafetensors } from './weights/safetensorsFolder';
import { splitTensors, type SplitRule } from './weights/splitTensors';
import type { WeightSource, WeightTensor } from './weights/weightSource';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** A Hugging Face checkpoint folder, or a GGUF file, whose weights have been found and checked, but not read. */
export interface Checkpoint extends WeightSource {
  /** The folder or file. */
  readonly dir: string;
  readonly name: string;
  readonly config: ModelConfig;
  readonly parameters: number;
  /** The type that most of the weights have, as people call it. */
  readonly dtype: string;
  /** What was read otherwise than config.json says, a sentence each. */
  readonly notes: readonly string[];
}

/** @throws CheckpointError */
export async function openCheckpoint(modelDir: string): Promise<Checkpoint> {
  const dir = resolve(modelDir);
  const found = await stat(dir).catch(() => null);
  if (!found) throw new CheckpointError(`The model "${modelDir}" does not exist; give a GGUF file, or a Hugging Face checkpoint folder with config.json and *.safetensors.`);
  return found.isDirectory() ? openFolder(dir) : openFile(dir);
}

async function openFile(path: string): Promise<Checkpoint> {
  const { name, rawConfig, asStored } = await openGguf(path);
  const { config, weights, split } = asStored(parseModelConfig(rawConfig, path));
  return checked({ dir: path, name, config, split, says: 'its metadata' }, weights, []);
}

async function openFolder(dir: string): Promise<Checkpoint> {
  await refuseOtherFolders(dir);
  const configPath = join(dir, 'config.json');
  const raw = await readJson(configPath, 'the model\'s configuration');
  const parsed = parseModelConfig(raw, configPath);
  const { config, weights, notes } = await headAsInFile(parsed, withPrefix(await openSafetensors(dir, await quantisationOf(dir, raw, configPath))));
  return checked({ dir, name: checkpointName(dir), config, split: familyOf(config.family)!.split ?? [], says: 'config.json' }, weights, notes);
}

/** What is checked, and in which words. */
interface Opened {
  readonly dir: string;
  readonly name: string;
  readonly config: ModelConfig;
  readonly split: readonly SplitRule[];
  /** What the configuration stands in. */
  readonly says: 'config.json' | 'its metadata';
}

/** @throws CheckpointError for tensors that are not there or have other shapes */
async function checked(opened: Opened, weights: WeightSource, notes: readonly string[]): Promise<Checkpoint> {
  const { dir, name, config } = opened;
  const expected = expectedShapes(config);
  const split = splitTensors(weights.tensors, opened.split, config.nLayers, expected);
  await checkTensors(opened, split, expected);
  // Others are of images, of sound, of layers that predict further tokens.
  const tensors = new Map([...expected.keys()].map((used) => [used, split.get(used)!]));
  const used = [...tensors.values()];
  const count = (tensor: WeightTensor) => tensor.shape.reduce((a, b) => a * b, 1);
  return {
    ...weights,
    tensors,
    dir,
    name,
    config,
    parameters: used.reduce((n, tensor) => n + count(tensor), 0),
    dtype: commonest(used.map((tensor) => [tensor.dtype, count(tensor)]))!,
    notes,
  };
}

/** Names as a text model's files have them: those of multimodal ones have more before them, those of a model saved without its head less. */
function withPrefix(weights: WeightSource): WeightSource {
  const prefix = ['model.language_model.', 'language_model.model.', 'model.', ''].find((start) => weights.tensors.has(`${start}embed_tokens.weight`)) ?? 'model.';
  const plain = (name: string): string => {
    if (name.startsWith('language_model.lm_head.')) return name.slice('language_model.'.length);
    if (prefix !== '') return name.startsWith(prefix) ? `model.${name.slice(prefix.length)}` : name;
    return /^(layers\.\d+|embed_tokens\w*|per_layer_\w+|norm|embedding_norm)\./.test(name) ? `model.${name}` : name;
  };
  return { ...weights, tensors: new Map([...weights.tensors].map(([name, tensor]) => [plain(name), tensor])) };
}

/**
 * Of a config that ties the output to the input embedding, transformers 5 uses a head that is in the file all the same (4 ties), and takes it for the
 * embedding where that is missing.
 */
async function headAsInFile(config: ModelConfig, weights: WeightSource): Promise<{ config: ModelConfig; weights: WeightSource; notes: readonly string[] }> {
  const head = weights.tensors.get(HEAD);
  if (!config.tiedEmbeddings || !head) return { config, weights, notes: [] };
  const embedding = weights.tensors.get(EMBEDDING);
  if (!embedding) return { config, weights: { ...weights, tensors: new Map([...weights.tensors, [EMBEDDING, head]]) }, notes: [] };
  // Some tools write the tied tensor twice.
  if (await sameNumbers(embedding, head)) return { config, weights, notes: [] };
  return { config: { ...config, tiedEmbeddings: false }, weights, notes: [`config.json ties ${HEAD} to the embedding, but "${head.file}" has one of its own, which is used, as transformers 5 does; transformers 4 would tie.`] };
}

async function checkTensors(opened: Opened, tensors: WeightSource['tensors'], expected: ReadonlyMap<string, readonly number[]>): Promise<void> {
  const { dir, config, says } = opened;
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (!tensor) throw missingTensor(opened, name, tensors);
    if (tensor.shape.join() !== shape.join()) {
      throw new CheckpointError(`Tensor "${name}" in "${tensor.file}" has shape [${tensor.shape.join(', ')}] where ${says === 'config.json' ? 'config.json asks' : `${says} ask`} for [${shape.join(', ')}]; ${says} and weights do not belong together.`);
    }
  }
  // A weight that the graph leaves out would silently give other scores; older versions of AutoGPTQ give every linear layer a bias, of zeros.
  for (const [name, tensor] of tensors) {
    const layer = /^model\.layers\.(\d+)\./.exec(name);
    if (!layer || Number(layer[1]) >= config.nLayers || expected.has(name) || isLeftOut(config, Number(layer[1]), name)) continue;
    if (name.endsWith('.bias') && (await readTensor(tensor)).every((value) => value === 0)) continue;
    throw new UnsupportedCheckpointError(`"${dir}" has a tensor "${name}" that ${config.family} models are not supported with; choose another checkpoint.`);
  }
}

/** Tables that code of older files saved beside the weights, and keys and values of layers that take another's. */
function isLeftOut({ layers }: ModelConfig, layer: number, name: string): boolean {
  if (/\.(rotary_emb\.(inv_freq|cos_cached|sin_cached)|masked_bias)$/.test(name)) return true;
  const { mixer } = layers[layer];
  return mixer.kind === 'attention' && mixer.sharedWith !== null && /\.self_attn\.(k_proj|v_proj|k_norm)\./.test(name);
}

function missingTensor({ dir, config, says }: Opened, name: string, tensors: WeightSource['tensors']): CheckpointError {
  if (says !== 'config.json') return new CheckpointError(`"${dir}" has no tensor for "${name}", which a ${config.family} model needs; the file is incomplete, download it again.`);
  const quantisation = quantisedNames(tensors.keys());
  if (quantisation !== null) return new CheckpointError(`"${dir}" has weights that were quantised (${quantisation}), and its config.json does not say how; download config.json again, or choose the BF16, F16 or F32 version of this checkpoint.`);
  if (name === HEAD) return new UnsupportedCheckpointError(`"${dir}" has no "${HEAD}": it was saved without the layer that gives logits, and config.json does not tie it to the embedding; choose the whole model.`);
  return new CheckpointError(`"${dir}" has no F32, F16 or BF16 tensor "${name}", which a ${config.family} model needs; the checkpoint is incomplete, download it again.`);
}

/** The type that most numbers have. @param counted types, with how many numbers; one may come more often */
export function commonest(counted: readonly (readonly [type: string, count: number])[]): string | null {
  const totals = new Map<string, number>();
  for (const [type, count] of counted) totals.set(type, (totals.get(type) ?? 0) + count);
  return [...totals].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
