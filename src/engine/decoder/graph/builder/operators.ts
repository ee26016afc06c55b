import type { NormConfig } from '../../../checkpoint/config/modelConfig';
import { DataType, type GraphBuilder } from './graphBuilder';
import type { Activations, GraphWeight, Initializers } from './initializers';

type Blocks = GraphWeight & { readonly kind: 'blocks' };

/** MatMulNBits' `accuracy_level`: its products in fp32, or of 8-bit whole numbers, for which it rounds the activations of each block to 8 bits. */
const ACCURACY = { fp32: 1, int8: 4 } as const;

/** The vocabulary that the decoder is written in: a few operators with names that say their place in the model. */
export class Operators {
  constructor(readonly graph: GraphBuilder, private readonly weights: Initializers, private readonly norms: NormConfig, private readonly activations: Activations = 'exact') {}

  /** The weight as fp32. ONNX Runtime folds the Cast when it loads the model. */
  weight(name: string): string {
    return this.asFloats(name, this.weights(this.graph, name));
  }

  /** x [T, in] -> x W^T (+ bias) [T, out]; W is read in its stored [out, in] layout, so no transposed copy is made. */
  linear(place: string, x: string, weight: string, bias?: string): string {
    const w = this.weights(this.graph, weight);
    if (w.kind === 'floats') {
      const floats = this.asFloats(weight, w);
      return this.graph.node('Gemm', place, bias ? [x, floats, this.weight(bias)] : [x, floats], { attributes: { transB: 1 } });
    }
    const product = w.offsets === null && !bias ? place : `${place}/product`;
    const isSplit = w.bits === 8 && this.activations === 'exact';
    let sum = isSplit ? this.splitProduct(product, x, w) : this.blockProduct(product, x, w);
    if (w.offsets !== null) {
      // The offsets of a block are one number: it meets the sum of the block's activations.
      const moved = this.graph.node('Gemm', `${place}/moved`, [this.blockSums(place, x, w), w.offsets], { attributes: { transB: 1 } });
      sum = this.binary('Add', bias ? `${place}/sum` : place, sum, moved);
    }
    return bias ? this.binary('Add', place, sum, this.weight(bias)) : sum;
  }

  /** The family's norm over the last axis. @param name of its weight, without `.weight` */
  norm(place: string, x: string, name: string): string {
    if (this.norms.kind === 'rms') return this.rmsNorm(place, x, this.normWeight(name));
    const weights = [this.normWeight(name), ...(this.norms.hasBias ? [this.weight(`${name}.bias`)] : [])];
    return this.graph.node('LayerNormalization', place, [x, ...weights], { attributes: { axis: -1, epsilon: { float: this.norms.eps } } });
  }

  /** `sum = x + skip` and its norm; of an RMSNorm in one operator: the residual stream comes for free, as the fourth output. */
  addNorm(place: string, x: string, skip: string, name: string): { normed: string; sum: string } {
    const sum = `${place}/sum`;
    if (this.norms.kind === 'layer') {
      this.binary('Add', sum, x, skip);
      return { normed: this.norm(place, sum, name), sum };
    }
    const normed = `${place}/normed`;
    this.graph.node('SkipSimplifiedLayerNormalization', place, [x, skip, this.normWeight(name)], {
      domain: 'com.microsoft',
      attributes: { epsilon: { float: this.norms.eps } },
      outputs: [normed, '', '', sum],
    });
    return { normed, sum };
  }

  /** RMSNorm over the last axis. @param weight a value; a norm without has ones @param scale gets 1 / rms, [T, 1] */
  rmsNorm(place: string, x: string, weight: string, scale = ''): string {
    return this.graph.node('SimplifiedLayerNormalization', place, [x, weight], {
      attributes: { axis: -1, epsilon: { float: this.norms.eps } },
      outputs: scale === '' ? [place] : [place, scale],
    });
  }

  /** What a norm multiplies with. @param name without `.weight` */
  normWeight(name: string): string {
    const weight = this.weight(`${name}.weight`);
    return this.norms.plusOne ? this.graph.outside(() => this.binary('Add', `${name}/plus_one`, weight, this.graph.float(1))) : weight;
  }

  /** Numbers that stand in the graph. */
  constants(name: string, dims: readonly number[], values: Float32Array): string {
    return this.graph.inline(name, DataType.float, dims, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** x times a number; itself where that is 1. */
  scaled(place: string, x: string, factor: number): string {
    return factor === 1 ? x : this.binary('Mul', place, x, this.graph.float(factor));
  }

  /** `cap * tanh(x / cap)`; itself without a cap. */
  capped(place: string, x: string, cap: number | null): string {
    if (cap === null) return x;
    return this.scaled(place, this.graph.node('Tanh', `${place}/tanh`, [this.scaled(`${place}/over_cap`, x, 1 / cap)]), cap);
  }

  sigmoid(place: string, x: string): string {
    return this.graph.node('Sigmoid', place, [x]);
  }

  /** [start, end) of an axis. */
  slice(place: string, x: string, axis: number, start: number, end: number, step = 1): string {
    return this.graph.node('Slice', place, [x, this.graph.int64([start]), this.graph.int64([end]), this.graph.int64([axis]), this.graph.int64([step])]);
  }

  /** Parts of the last axis, one after the other. */
  split(place: string, x: string, sizes: readonly number[]): string[] {
    const outputs = sizes.map((_, i) => `${place}.${i}`);
    this.graph.node('Split', place, [x, this.graph.int64(sizes)], { attributes: { axis: -1 }, outputs });
    return outputs;
  }

  reshape(place: string, x: string, shape: readonly number[]): string {
    return this.graph.node('Reshape', place, [x, this.graph.int64(shape)]);
  }

  transpose(place: string, x: string, perm: readonly number[]): string {
    return this.graph.node('Transpose', place, [x], { attributes: { perm } });
  }

  binary(opType: 'Add' | 'Sub' | 'Mul' | 'Div' | 'MatMul' | 'And' | 'Less' | 'LessOrEqual' | 'Max' | 'Min', place: string, a: string, b: string): string {
    return this.graph.node(opType, place, [a, b]);
  }

  /** Sums of the activations that meet each block, [T, blocks]; products of the same activations (q, k and v, gate and up) share them. */
  private blockSums(place: string, x: string, { shape: [, columns], blockSize }: Blocks): string {
    const { graph } = this;
    const make = (name: string) => graph.node('ReduceSum', name, [this.reshape(`${name}/in_blocks`, x, [-1, columns / blockSize, blockSize]), graph.int64([2])], { attributes: { keepdims: 0 } });
    return graph.isInBranch ? make(`${place}/block_sums`) : graph.once(`${x}/block_sums.${blockSize}`, make);
  }

  /** x [T, in] -> [T, out], of the blocks without their offsets. */
  private blockProduct(place: string, x: string, { bits, blockSize, shape: [rows, columns], quants, scales }: Blocks): string {
    const blocks = columns / blockSize;
    const isExact = bits === 4 && this.activations === 'exact';
    return this.graph.node('MatMulNBits', place, [x, quants(DataType.uint8, [rows, blocks, (blockSize * bits) / 8]), scales], {
      domain: 'com.microsoft',
      attributes: { N: rows, K: columns, bits, block_size: blockSize, accuracy_level: isExact ? ACCURACY.fp32 : ACCURACY.int8 },
    });
  }

  /**
   * The same with 16 bits of the activations and products of 8: x is what 8 bits hold of it and what that leaves, which 8 bits hold again.
   * ONNX Runtime's fp32 product with 8-bit weights has no kernel of its own: it writes the whole matrix out for every row, 30 times slower.
   */
  private splitProduct(place: string, x: string, w: Blocks): string {
    const { graph } = this;
    const [, columns] = w.shape;
    const blocks = this.reshape(`${place}/blocks`, x, [-1, columns / w.blockSize, w.blockSize]);
    const largest = graph.node('ReduceMax', `${place}/largest`, [graph.node('Abs', `${place}/abs`, [blocks]), graph.int64([2])], { attributes: { keepdims: 1 } });
    // A block of zeros has no step of its own.
    const step = this.binary('Mul', `${place}/step`, this.binary('Max', `${place}/some`, largest, graph.float(1e-30)), graph.float(1 / 127));
    const high = this.binary('Mul', `${place}/high`, graph.node('Round', `${place}/rounded`, [this.binary('Div', `${place}/steps`, blocks, step)]), step);
    const low = this.binary('Sub', `${place}/low`, blocks, high);
    const both = this.reshape(`${place}/rows`, graph.node('Concat', `${place}/both`, [high, low], { attributes: { axis: 0 } }), [-1, columns]);
    const halves = this.reshape(`${place}/halves`, this.blockProduct(`${place}/both_products`, both, w), [2, -1, w.shape[0]]);
    return graph.node('ReduceSum', place, [halves, graph.int64([0])], { attributes: { keepdims: 0 } });
  }

  private asFloats(name: string, weight: GraphWeight): string {
    return this.graph.outside(() => this.floatsOf(name, weight));
  }

  private floatsOf(name: string, weight: GraphWeight): string {
    if (weight.kind === 'floats') return weight.type === DataType.float ? weight.value : this.graph.node('Cast', `${name}/float`, [weight.value], { attributes: { to: DataType.float } });
    const { graph } = this;
    const { bits, blockSize, shape: [rows, columns], quants, scales, offsets } = weight;
    const type = bits === 4 ? DataType.uint4 : DataType.uint8;
    const centres = rows * (columns / blockSize);
    const zeros = graph.inline(`${name}/centres`, type, [rows, columns / blockSize], new Uint8Array(Math.ceil((centres * bits) / 8)).fill(bits === 4 ? 0x88 : 0x80));
    const values = graph.node('DequantizeLinear', `${name}/float`, [quants(type, [rows, columns]), scales, zeros], { attributes: { axis: 1, block_size: blockSize } });
    if (offsets === null) return values;
    const blocks = this.reshape(`${name}/blocks`, values, [rows, columns / blockSize, blockSize]);
    return this.reshape(`${name}/moved`, this.binary('Add', `${name}/sum`, blocks, this.reshape(`${name}/offset`, offsets, [rows, columns / blockSize, 1])), [rows, columns]);
  }
}
