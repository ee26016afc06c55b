import { relative } from 'node:path';
import type { PackedWeights } from '../../../checkpoint/packed/packedCache';
import type { Place } from '../../../checkpoint/packed/packedLayout';
import type { BlockGrid } from '../../../checkpoint/weights/blocks';
import type { WeightSource } from '../../../checkpoint/weights/weightSource';
import { DataType, type GraphBuilder } from './graphBuilder';

/** A weight as it stands in a graph: numbers of one type, or a matrix in blocks. */
export type GraphWeight =
  | { readonly kind: 'floats'; readonly value: string; readonly type: DataType }
  | ({
    readonly kind: 'blocks';
    /** [rows, columns] */
    readonly shape: readonly number[];
    readonly quants: Initializer;
    readonly scales: string;
    readonly offsets: string | null;
  } & BlockGrid);

/** Adds an initializer over the same bytes with these sizes; the type is that of the operator which reads them. */
export type Initializer = (type: DataType, dims: readonly number[]) => string;

/** Puts a weight into a graph. The graphs do not care where weights come from. */
export type Initializers = (graph: GraphBuilder, name: string) => GraphWeight;

/** What blocks are multiplied with: activations rounded to 8 bits, as llama.cpp does, or as good as all of them. */
export type Activations = 'exact' | '8 bit';

/** What graphs are written with. */
export interface GraphWeights {
  readonly initializers: Initializers;
  readonly activations: Activations;
}

const ONNX_TYPE = { F32: DataType.float, F16: DataType.float16, BF16: DataType.bfloat16 } as const;

/** Initializers that point into the files of the weights: nothing is copied, ONNX Runtime maps them. */
export function fileWeights({ tensors }: Pick<WeightSource, 'tensors'>, packed: PackedWeights): Initializers {
  return (graph, name) => {
    const own = tensors.get(name)!; // `openCheckpoint` has checked every name
    const held = packed.tensors.get(name);
    if (held === undefined) {
      if (own.encoding !== 'float') throw new Error(`${name} has not been converted`);
      const type = ONNX_TYPE[own.dtype];
      const location = relative(packed.root, own.file);
      return { kind: 'floats', value: graph.external(name, type, own.shape, { location, offset: own.offset, length: own.length }), type };
    }
    const location = relative(packed.root, packed.file!);
    const at = (suffix: string, type: DataType, dims: readonly number[], place: Place) => graph.external(`${name}${suffix}`, type, dims, { location, ...place });
    if (held.kind === 'fp32') return { kind: 'floats', value: at('', DataType.float, held.shape, held.values), type: DataType.float };
    const [rows, columns] = held.shape;
    const perBlock = [rows, columns / held.blockSize];
    return {
      ...held,
      quants: (type, dims) => at('/quants', type, dims, held.quants),
      scales: at('/scales', DataType.float, perBlock, held.scales),
      offsets: held.offsets && at('/offsets', DataType.float, perBlock, held.offsets),
    };
  };
}

/** fp32 weights from memory, for the device self-test. */
export function memoryWeights(weights: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>): Initializers {
  return (graph, name) => {
    const { dims, data } = weights.get(name)!;
    return { kind: 'floats', value: graph.inline(name, DataType.float, dims, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)), type: DataType.float };
  };
}
