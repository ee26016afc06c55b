import { UnsupportedCheckpointError } from '../../base/errors';
import { unreadType, type GgufHeader, type GgufTensor } from '../../gguf/ggufHeader';
import type { GgmlBlockType } from '../../gguf/ggmlTypes';
import { expectedShapes } from '../config/decoderWeights';
import type { DeltaMixer, LayerConfig, ModelConfig } from '../config/modelConfig';
import { reordered, type HeadOrder } from '../weights/reorderedTensor';
import type { FileTensor } from '../weights/stored/fileTensor';
import type { SplitRule } from '../weights/splitTensors';
import type { WeightTensor } from '../weights/weightSource';
import type { GgufArchitecture } from './architectures/architecture';
import type { GgufFields } from './architectures/ggufFields';
import { ROPE_FACTORS } from './ggufRope';
import { layerNames, modelNames, type LayerNames } from './layerNames';

export interface GgufWeights {
  /** By transformers' names. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** How those that hold several weights are taken apart. */
  readonly split: readonly SplitRule[];
}

/** @param headers of all parts @throws CheckpointError for a tensor that would be left out, or is of a type that is not read */
export function ggufTensors(headers: readonly GgufHeader[], config: ModelConfig, fields: GgufFields, architecture: GgufArchitecture): GgufWeights {
  const ofModel = modelNames(config.finalNorm, architecture);
  const ofLayers = config.layers.map((layer, l) => layerNames(layer, architecture, fields.has(l, 'ffn_gate.weight') || fields.has(l, 'ffn_gate_shexp.weight')));
  const shapes = expectedShapes(config);
  const tensors = new Map<string, WeightTensor>();
  for (const header of headers) {
    for (const tensor of header.tensors) {
      if (ROPE_FACTORS.includes(tensor.name) || isPredicting(tensor.name, fields)) continue;
      const name = plainName(tensor.name, ofModel, ofLayers);
      // What is left out, or has taken another's place, would silently give other scores; `openCheckpoint` looks at those of layers.
      if (name === null || tensors.has(name) || (!name.startsWith('model.layers.') && !shapes.has(name))) throw new UnsupportedCheckpointError(`"${header.file}" has a tensor "${tensor.name}" that this architecture is not supported with; choose another file.`);
      const stored = withAxes(weight(header.file, name, tensor), shapes.get(name));
      const order = architecture.tilesValueHeads === true ? headOrder(name, config.layers) : null;
      tensors.set(name, order === null ? stored : reordered(stored, order));
    }
  }
  const rules = new Map(ofLayers.flatMap(({ split }) => split).map((rule) => [JSON.stringify(rule), rule]));
  return { tensors, split: [...rules.values()] };
}

/** @throws CheckpointError for a type that is not read */
export function weight(file: string, name: string, tensor: GgufTensor): FileTensor {
  const { type, shape, offset, length } = tensor;
  if (typeof type === 'number') throw unreadType(file, tensor);
  const stored = { name, shape, file, offset, length };
  return type === 'F32' || type === 'F16' || type === 'BF16' ? { ...stored, encoding: 'float', dtype: type } : { ...stored, encoding: 'ggml', dtype: type satisfies GgmlBlockType };
}

/** Whether it is of the layers that predict further tokens, which stand behind the decoder's. */
function isPredicting(name: string, fields: GgufFields): boolean {
  const layer = Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1);
  return layer >= fields.nLayers && layer < fields.blocks;
}

function plainName(name: string, ofModel: ReadonlyMap<string, string>, ofLayers: readonly LayerNames[]): string | null {
  const [, layer, rest = name] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? [];
  const [, part, kind] = /^(.+)\.(weight|bias)$/.exec(rest) ?? [];
  if (layer === undefined) {
    const found = ofModel.get(part);
    return found === undefined ? null : `${found}.${kind}`;
  }
  const names = ofLayers.at(Number(layer));
  const found = names?.whole.get(rest) ?? (names?.parts.has(part) ? `${names.parts.get(part)}.${kind}` : undefined);
  return found === undefined ? null : `model.layers.${layer}.${found}`;
}

/** Axes of length 1 are there or not: kernels of convolutions come without, numbers of heads with one. */
function withAxes(tensor: FileTensor, shape: readonly number[] | undefined): FileTensor {
  const long = (axes: readonly number[]) => axes.filter((length) => length !== 1).join();
  return shape !== undefined && tensor.encoding === 'float' && long(shape) === long(tensor.shape) ? { ...tensor, shape } : tensor;
}

/** Which rows or columns of a weight are value heads; null where none are, or none share a key head. */
function headOrder(name: string, layers: readonly LayerConfig[]): HeadOrder | null {
  const [, layer, part] = /^model\.layers\.(\d+)\.linear_attn\.(.+?)(\.weight)?$/.exec(name) ?? [];
  const mixer = layers.at(Number(layer))?.mixer;
  if (part === undefined || mixer?.kind !== 'delta' || mixer.nHeads === mixer.nKeyHeads) return null;
  const { nHeads, nKeyHeads, dHead, dKey }: DeltaMixer = mixer;
  const order = { axis: 0, first: 0, tiles: nHeads / nKeyHeads, groups: nKeyHeads } as const;
  switch (part) {
    case 'in_proj_qkv': case 'conv1d': return { ...order, first: 2 * nKeyHeads * dKey, size: dHead };
    case 'in_proj_z': return { ...order, size: dHead };
    case 'in_proj_a': case 'in_proj_b': case 'A': case 'dt_bias': return { ...order, size: 1 };
    case 'out_proj': return { ...order, axis: 1, size: dHead };
    default: return null;
  }
}
