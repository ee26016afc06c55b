import { relative } from 'node:path';
import { CheckpointError } from '../../base/errors';
import type { WeightSource } from '../../checkpoint/weights/weightSource';
import { DataType, type GraphBuilder } from './graphBuilder';

/** Puts a weight into a graph as an initializer of its stored type. The graphs do not care where weights come from. */
export type Initializers = (graph: GraphBuilder, name: string) => { readonly value: string; readonly type: DataType };

const ONNX_TYPE = { F32: DataType.float, F16: DataType.float16, BF16: DataType.bfloat16 } as const;

/** Initializers that point into the weight files: nothing is copied, ONNX Runtime maps them. */
export function fileWeights({ tensors, root }: WeightSource): Initializers {
  return (graph, name) => {
    const tensor = tensors.get(name)!; // `openCheckpoint` has checked every name
    if (tensor.encoding !== 'float') throw new CheckpointError(`The weight "${name}" in "${tensor.file}" is quantised (${tensor.dtype}), which the decoder does not compute with; choose the BF16, F16 or F32 version of this checkpoint.`);
    const type = ONNX_TYPE[tensor.dtype];
    const location = relative(root, tensor.file);
    return { value: graph.external(name, type, tensor.shape, { location, offset: tensor.offset, length: tensor.length }), type };
  };
}

/** fp32 weights from memory, for the device self-test. */
export function memoryWeights(weights: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>): Initializers {
  return (graph, name) => {
    const { dims, data } = weights.get(name)!;
    return { value: graph.inline(name, DataType.float, dims, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)), type: DataType.float };
  };
}
