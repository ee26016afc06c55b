import { relative } from 'node:path';
import type { WeightSource } from '../../checkpoint/weights/weightSource';
import { DataType, type GraphBuilder } from './graphBuilder';

/** Puts a weight into a graph as an initializer of its stored type. The graphs do not care where weights come from. */
export type Initializers = (graph: GraphBuilder, name: string) => { readonly value: string; readonly type: DataType };

const ONNX_TYPE = { F32: DataType.float, F16: DataType.float16, BF16: DataType.bfloat16 } as const;

/** Initializers that point into the weight files: nothing is copied, ONNX Runtime maps them. */
export function fileWeights({ tensors, root }: WeightSource): Initializers {
  return (graph, name) => {
    const tensor = tensors.get(name)!; // `openCheckpoint` has checked every name
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
