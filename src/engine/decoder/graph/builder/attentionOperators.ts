import type { AttentionMixer, NormConfig } from '../../../checkpoint/config/modelConfig';
import type { GraphBuilder } from './graphBuilder';
import { Operators } from './operators';

const NO_NORM: NormConfig = { kind: 'rms', eps: 0, plusOne: false, hasBias: false };

/** What of an attention layer its scores and their softmax go by. */
export type Scores = Pick<AttentionMixer, 'nHeads' | 'nKvHeads' | 'dHead' | 'scoreScale' | 'scoreCap'>;

/**
 * Attention rows, [H, B, C].
 * @param sinks [H] where the layer has them
 */
export function attentionPattern(op: Operators, name: string, scores: Scores, q: string, k: string, bias: string, sinks: string | null): string {
  const scaled = op.scaled(`${name}/q_scaled`, q, scores.scoreScale);
  return patternOf(op, name, scores, headProducts(op, `${name}/score`, scores, scaled, k), bias, sinks);
}

/** softmax(cap(score) + bias); a sink takes its part of a row and gives nothing. score: [H, B, C], scaled; bias: [B, C] */
export function patternOf(op: Operators, name: string, { nHeads, scoreCap }: Pick<Scores, 'nHeads' | 'scoreCap'>, score: string, bias: string, sinks: string | null): string {
  const { graph } = op;
  const masked = op.binary('Add', `${name}/masked`, op.capped(`${name}/capped`, score, scoreCap), bias);
  if (sinks === null) return graph.node('Softmax', name, [masked], { attributes: { axis: -1 } });
  // A column more: zeros of a row's size, whatever its scores are, and the sink.
  const zeros = op.scaled(`${name}/zeros`, op.slice(`${name}/first`, masked, 2, 0, 1), 0);
  const column = op.binary('Add', `${name}/sink_column`, zeros, op.reshape(`${name}/sinks`, sinks, [nHeads, 1, 1]));
  const all = graph.node('Softmax', `${name}/with_sink`, [graph.node('Concat', `${name}/and_sink`, [masked, column], { attributes: { axis: 2 } })], { attributes: { axis: -1 } });
  return op.slice(name, all, 2, 0, -1);
}

export function withoutWeights(graph: GraphBuilder): Operators {
  return new Operators(graph, () => { throw new Error(`the graph "${graph.name}" has no weights`); }, NO_NORM);
}

/**
 * Products of what every query head has of a row with what its key/value head has of a column.
 * @param rows [B, H * dHead]
 * @param columns [C, G, dHead]
 * @returns [H, B, C]
 */
export function headProducts(op: Operators, place: string, { nHeads, nKvHeads, dHead }: Pick<Scores, 'nHeads' | 'nKvHeads' | 'dHead'>, rows: string, columns: string): string {
  const { graph } = op;
  const split = op.transpose(`${place}/heads`, op.reshape(`${place}/split`, rows, [-1, nKvHeads, nHeads / nKvHeads, dHead]), [1, 2, 0, 3]);
  const product = op.binary('MatMul', `${place}/product`, op.reshape(`${place}/groups`, split, [nKvHeads, -1, dHead]), op.transpose(`${place}/t`, columns, [1, 2, 0]));
  const sizeOf = (name: string, tensor: string) => graph.node('Shape', `${place}/${name}`, [tensor], { attributes: { start: 0, end: 1 } });
  const shape = graph.node('Concat', `${place}/shape`, [graph.int64([nHeads]), sizeOf('rows', rows), sizeOf('columns', columns)], { attributes: { axis: 0 } });
  return graph.node('Reshape', place, [product, shape]);
}

/** Stands for minus infinity in masks: survives an addition in fp32 and gives exactly 0 after softmax. */
export const MASKED = -1e30;

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
