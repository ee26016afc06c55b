import { DataType, type GraphBuilder } from './graphBuilder';
import type { Initializers } from './initializers';

/** The vocabulary that the decoder is written in: a few operators with names that say their place in the model. */
export class Operators {
  constructor(readonly graph: GraphBuilder, private readonly weights: Initializers, private readonly eps: number) {}

  /** The weight as fp32. ONNX Runtime folds the Cast when it loads the model. */
  weight(name: string): string {
    const { value, type } = this.weights(this.graph, name);
    return type === DataType.float ? value : this.toFloat(`${name}/float`, value);
  }

  /**
   * Rows of the embedding table, [T] -> [T, D], cast after the gather: casting the table would copy most of the model.
   */
  embedding(name: string, place: string, ids: string): string {
    const { value, type } = this.weights(this.graph, name);
    const rows = this.graph.node('Gather', `${place}/gather`, [value, ids]);
    return type === DataType.float ? rows : this.toFloat(`${place}/float`, rows);
  }

  /** x [T, in] -> x W^T (+ bias) [T, out]; Gemm reads W in its stored [out, in] layout, so no transposed copy is made. */
  linear(place: string, x: string, weight: string, bias?: string): string {
    const inputs = bias ? [x, this.weight(weight), this.weight(bias)] : [x, this.weight(weight)];
    return this.graph.node('Gemm', place, inputs, { attributes: { transB: 1 } });
  }

  /** RMSNorm over the last axis. */
  rmsNorm(place: string, x: string, weight: string): string {
    return this.graph.node('SimplifiedLayerNormalization', place, [x, this.weight(weight)], {
      attributes: { axis: -1, epsilon: { float: this.eps } },
    });
  }

  /** `sum = x + skip` and its RMSNorm in one operator: the residual stream comes for free, as the fourth output. */
  addNorm(place: string, x: string, skip: string, weight: string): { normed: string; sum: string } {
    const normed = `${place}/normed`;
    const sum = `${place}/sum`;
    this.graph.node('SkipSimplifiedLayerNormalization', place, [x, skip, this.weight(weight)], {
      domain: 'com.microsoft',
      attributes: { epsilon: { float: this.eps } },
      outputs: [normed, '', '', sum],
    });
    return { normed, sum };
  }

  reshape(place: string, x: string, shape: readonly number[]): string {
    return this.graph.node('Reshape', place, [x, this.graph.int64(shape)]);
  }

  transpose(place: string, x: string, perm: readonly number[]): string {
    return this.graph.node('Transpose', place, [x], { attributes: { perm } });
  }

  binary(opType: 'Add' | 'Sub' | 'Mul' | 'MatMul' | 'And' | 'Less' | 'LessOrEqual', place: string, a: string, b: string): string {
    return this.graph.node(opType, place, [a, b]);
  }

  private toFloat(place: string, x: string): string {
    return this.graph.node('Cast', place, [x], { attributes: { to: DataType.float } });
  }
}
