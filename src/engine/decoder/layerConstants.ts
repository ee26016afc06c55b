import { readTensor } from '../checkpoint/weights/readTensor';
import type { WeightSource } from '../checkpoint/weights/weightSource';
import { hasValueBias, type ModelConfig } from '../checkpoint/config/modelConfig';

/** Small weights of a layer that attribution reads as numbers; null where it has none. */
export interface LayerConstant {
  /** [nKvHeads * dHead]; carries no token's content, so attribution takes it off the values. */
  readonly valueBias: Float32Array | null;
  /** [nHeads] */
  readonly sinks: Float32Array | null;
  /** Mamba's D, with which a row takes its own value, [nHeads]. */
  readonly skip: Float32Array | null;
  /** Of a short convolution, [channels, kernel]. */
  readonly kernel: Float32Array | null;
}

export const NO_CONSTANTS: LayerConstant = { valueBias: null, sinks: null, skip: null, kernel: null };

/** By layer. */
export type LayerConstants = readonly LayerConstant[];

/** @throws CheckpointError when a file has become shorter */
export function readLayerConstants({ layers }: ModelConfig, { tensors }: Pick<WeightSource, 'tensors'>): Promise<LayerConstants> {
  return Promise.all(layers.map(async ({ mixer }, layer): Promise<LayerConstant> => {
    const read = async (name: string, isThere: boolean) => (isThere ? readTensor(tensors.get(`model.layers.${layer}.${name}`)!) : null);
    return {
      valueBias: hasValueBias(mixer) ? await read(`${mixer.names.v}.bias`, true) : null,
      sinks: await read('self_attn.sinks', mixer.kind === 'attention' && mixer.hasSinks),
      skip: await read('mamba.D', mixer.kind === 'mamba'),
      kernel: await read('conv.conv.weight', mixer.kind === 'convolution'),
    };
  }));
}
