import { DataType, type GraphBuilder } from './graphBuilder';
import type { WeightSource } from './initializers';

/** The vocabulary that the decoder is written in: a few operators with names that say their place in the model. */
export class Operators {
  constructor(readonly graph: GraphBuilder, private readonly weights: WeightSource, private readonly eps: number) {}

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

/** Stands for minus infinity in masks: survives an addition in fp32 and gives exactly 0 after softmax. */
export const MASKED = -1e30;

/** Additive attention masks of layers, by their window; layers with the same one share it. */
export function attentionBiases(op: Operators, rowPos: string, colPos: string): (window: number | null) => string {
  const biases = new Map<number | null, string>();
  return (window) => {
    const known = biases.get(window) ?? attentionBias(op, window === null ? '/mask' : `/mask.${window}`, rowPos, colPos, window === null ? null : op.graph.float(window));
    biases.set(window, known);
    return known;
  };
}

/**
 * Additive attention mask [rows, cols] from positions: row i sees column j where `0 <= i - j < window`.
 * Positions are fp32 (exact to 2^24): integer comparisons would leave the device on some execution providers.
 */
export function attentionBias(op: Operators, place: string, rowPos: string, colPos: string, window: string | null): string {
  const { graph } = op;
  const rows = graph.node('Unsqueeze', `${place}/rows`, [rowPos, graph.int64([1])]);
  const distance = op.binary('Sub', `${place}/distance`, rows, colPos);
  let visible = op.binary('LessOrEqual', `${place}/causal`, graph.float(0), distance);
  if (window !== null) visible = op.binary('And', `${place}/visible`, visible, op.binary('Less', `${place}/window`, distance, window));
  return graph.node('Where', `${place}/bias`, [visible, graph.float(0), graph.float(MASKED)]);
}
