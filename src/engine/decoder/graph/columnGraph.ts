import type { ModelConfig } from '../../checkpoint/config/modelConfig';
import { DataType, GraphBuilder } from './graphBuilder';
import { attentionBias, Operators } from './operators';

/**
 * Attention rows of a block of `B` rows of one layer; the N x N pattern never exists, only [H, B, C].
 *
 * Inputs: q [B, H * dHead], k [C, G, dHead], rowPos [B], colPos [C], window [1].
 * Output: pattern [H, B, C].
 */
export function patternGraph(config: ModelConfig): Uint8Array {
  const graph = new GraphBuilder('pattern');
  attentionRows(config, graph, 'pattern');
  graph.output('pattern', DataType.float, [config.nHeads, 'B', 'C']);
  return graph.finish();
}

/**
 * Weighted column sums of such rows (METHOD: `a[h, j]`). `S` spans are summed at once: a span trace has one, a token-wise one
 * a row each.
 *
 * Inputs: as above and rowWeights [S, B].
 * Output: columns [H, S, C].
 */
export function columnGraph(config: ModelConfig): Uint8Array {
  const graph = new GraphBuilder('columns');
  columnSums(config, graph, attentionRows(config, graph, '/pattern'));
  return graph.finish();
}

/** The same from attention rows that were kept. Inputs: pattern [H, B, C], rowWeights [S, B]. Output: columns [H, S, C]. */
export function keptColumnGraph(config: ModelConfig): Uint8Array {
  const graph = new GraphBuilder('kept_columns');
  columnSums(config, graph, graph.input('pattern', DataType.float, [config.nHeads, 'B', 'C']));
  return graph.finish();
}

function columnSums({ nHeads }: ModelConfig, graph: GraphBuilder, pattern: string): void {
  const rowWeights = graph.input('rowWeights', DataType.float, ['S', 'B']);
  graph.node('MatMul', 'columns', [rowWeights, pattern]); // [S, B] x [H, B, C] -> [H, S, C]
  graph.output('columns', DataType.float, [nHeads, 'S', 'C']);
}

/** Attention rows of one layer, [H, B, C]; adds their inputs to the graph. */
function attentionRows(config: ModelConfig, graph: GraphBuilder, name: string): string {
  const { dHead, nHeads, nKvHeads } = config;
  const op = withoutWeights(graph);
  const q = graph.input('q', DataType.float, ['B', nHeads * dHead]);
  const k = graph.input('k', DataType.float, ['C', nKvHeads, dHead]);
  const rowPos = graph.input('rowPos', DataType.float, ['B']);
  const colPos = graph.input('colPos', DataType.float, ['C']);
  const window = graph.input('window', DataType.float, [1]);
  return attentionPattern(op, name, config, q, k, attentionBias(op, '/mask', rowPos, colPos, window));
}

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
