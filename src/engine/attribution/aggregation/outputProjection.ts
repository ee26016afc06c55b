import type { Checkpoint } from '../../checkpoint/checkpoint';
import { readTensor } from '../../checkpoint/weights/readTensor';
import type { WeightTensor } from '../../checkpoint/weights/weightSource';

/** Sizes that the tracer works with. */
export interface TracerShape {
  readonly nLayers: number;
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly dHead: number;
  readonly dModel: number;
}

/** Where a layer's output projection lies on disk; plain data, so that the worker reads its own copy. */
export interface ProjectionFiles {
  readonly output: WeightTensor;
  readonly valueBias: WeightTensor | null;
}

/** A layer's output projection, made ready for proximities. */
export interface OutputProjection {
  /** [dModel, nHeads * dHead]: row d holds `O[h][:, d]` of every head side by side. */
  readonly weight: Float32Array;
  /** |O[h][:, d]|_2, [nHeads, dModel] */
  readonly columnNorms: Float64Array;
  /** [nKvHeads * dHead]; carries no token's content, so attribution takes it off the values. */
  readonly valueBias: Float32Array | null;
}

export function projectionFiles(checkpoint: Checkpoint): ProjectionFiles[] {
  return Array.from({ length: checkpoint.config.nLayers }, (_, l) => ({
    output: checkpoint.tensors.get(`model.layers.${l}.self_attn.o_proj.weight`)!,
    valueBias: checkpoint.config.attentionBias ? checkpoint.tensors.get(`model.layers.${l}.self_attn.v_proj.bias`)! : null,
  }));
}

/** @throws CheckpointError when a file has become shorter */
export async function readProjection(files: ProjectionFiles, shape: TracerShape): Promise<OutputProjection> {
  return outputProjection(await readTensor(files.output), files.valueBias && (await readTensor(files.valueBias)), shape);
}

/** @param weight [dModel, nHeads * dHead] */
export function outputProjection(weight: Float32Array, valueBias: Float32Array | null, { nHeads, dHead, dModel }: TracerShape): OutputProjection {
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
