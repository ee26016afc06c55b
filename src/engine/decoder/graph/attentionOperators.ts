import type { ModelConfig } from '../../checkpoint/config/modelConfig';
import type { GraphBuilder } from './graphBuilder';
import { Operators } from './operators';

/** softmax(q k^T / sqrt(dHead) + bias), [H, B, C]. */
export function attentionPattern(op: Operators, name: string, config: ModelConfig, q: string, k: string, bias: string): string {
  const scaled = op.binary('Mul', `${name}/q_scaled`, q, op.graph.float(1 / Math.sqrt(config.dHead)));
  const score = headProducts(op, `${name}/score`, config, scaled, k);
  return op.graph.node('Softmax', name, [op.binary('Add', `${name}/masked`, score, bias)], { attributes: { axis: -1 } });
}

export function withoutWeights(graph: GraphBuilder): Operators {
  return new Operators(graph, () => { throw new Error(`the graph "${graph.name}" has no weights`); }, 0);
}

/**
 * Products of what every query head has of a row with what its key/value head has of a column.
 * @param rows [B, H * dHead]
 * @param columns [C, G, dHead]
 * @returns [H, B, C]
 */
export function headProducts(op: Operators, place: string, { nHeads, nKvHeads, dHead }: ModelConfig, rows: string, columns: string): string {
  const { graph } = op;
  const split = op.transpose(`${place}/heads`, op.reshape(`${place}/split`, rows, [-1, nKvHeads, nHeads / nKvHeads, dHead]), [1, 2, 0, 3]);
  const product = op.binary('MatMul', `${place}/product`, op.reshape(`${place}/groups`, split, [nKvHeads, -1, dHead]), op.transpose(`${place}/t`, columns, [1, 2, 0]));
  const sizeOf = (name: string, tensor: string) => graph.node('Shape', `${place}/${name}`, [tensor], { attributes: { start: 0, end: 1 } });
  const shape = graph.node('Concat', `${place}/shape`, [graph.int64([nHeads]), sizeOf('rows', rows), sizeOf('columns', columns)], { attributes: { axis: 0 } });
  return graph.node('Reshape', place, [product, shape]);
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
