import type { Checkpoint } from '../../checkpoint/checkpoint';
import { hasValueBias, outputProjectionName, type ModelConfig } from '../../checkpoint/config/modelConfig';
import { readTensor } from '../../checkpoint/weights/readTensor';
import type { WeightTensor } from '../../checkpoint/weights/weightSource';

/** Sizes of one layer. */
export interface LayerShape {
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly dHead: number;
  readonly dModel: number;
}

/** Sizes that the tracer works with, by layer. */
export type TracerShape = readonly LayerShape[];

/** Layers whose rows have a gate hand over values of every head, which the gates of the span's rows are in. */
export function tracerShape({ layers, dModel }: ModelConfig): TracerShape {
  return layers.map(({ mixer }) => {
    const { nHeads, dHead } = mixer;
    return { nHeads, nKvHeads: mixer.kind === 'attention' && !mixer.isGated ? mixer.nKvHeads : nHeads, dHead, dModel };
  });
}

/** Where a layer's output projection lies on disk; plain data, so that the worker reads its own copy. */
export interface ProjectionFiles {
  readonly output: WeightTensor;
  /** Norm on the output, whose weight the projection's columns are multiplied with. */
  readonly outputNorm: WeightTensor | null;
  /** What that weight is more than what is stored. */
  readonly normOffset: number;
  /** What outputs are multiplied with. */
  readonly scale: number;
  readonly valueBias: WeightTensor | null;
}

/** A layer's output projection, made ready for proximities. */
export interface OutputProjection {
  /** [dModel, nHeads * dHead]: row d holds `O[h][:, d]` of every head side by side, with all that stands between it and the residual stream multiplied in. */
  readonly weight: Float32Array;
  /** |O[h][:, d]|_2, [nHeads, dModel] */
  readonly columnNorms: Float64Array;
  /** [nKvHeads * dHead]; carries no token's content, so attribution takes it off the values. */
  readonly valueBias: Float32Array | null;
}

export function projectionFiles({ config, tensors }: Checkpoint): ProjectionFiles[] {
  return config.layers.map(({ mixer, norms }, l) => {
    const weight = (name: string) => tensors.get(`model.layers.${l}.${name}`)!;
    return {
      output: weight(`${outputProjectionName(mixer)}.weight`),
      outputNorm: norms.mixerOut === null ? null : weight(`${norms.mixerOut}.weight`),
      normOffset: config.norm.plusOne ? 1 : 0,
      scale: config.residualScale,
      // Gated values come without it.
      valueBias: hasValueBias(mixer) && !mixer.isGated ? weight(`${mixer.names.v}.bias`) : null,
    };
  });
}

/** @throws CheckpointError when a file has become shorter */
export async function readProjection({ output, outputNorm, normOffset, scale, valueBias }: ProjectionFiles, shape: LayerShape): Promise<OutputProjection> {
  const weight = await readTensor(output);
  const norm = outputNorm && await readTensor(outputNorm);
  const width = weight.length / shape.dModel;
  if (norm || scale !== 1) {
    for (let d = 0; d < shape.dModel; d++) {
      const factor = scale * (norm ? norm[d] + normOffset : 1);
      for (let c = d * width; c < (d + 1) * width; c++) weight[c] *= factor;
    }
  }
  return outputProjection(weight, valueBias && (await readTensor(valueBias)), shape);
}

/** @param weight [dModel, nHeads * dHead] */
export function outputProjection(weight: Float32Array, valueBias: Float32Array | null, { nHeads, dHead, dModel }: LayerShape): OutputProjection {
  const columnNorms = new Float64Array(nHeads * dModel);
  for (let d = 0; d < dModel; d++) {
    for (let h = 0; h < nHeads; h++) {
      const at = (d * nHeads + h) * dHead;
      let sum = 0;
      for (let c = 0; c < dHead; c++) sum += weight[at + c] ** 2;
      columnNorms[h * dModel + d] = Math.sqrt(sum);
    }
  }
  return { weight, columnNorms, valueBias };
}
