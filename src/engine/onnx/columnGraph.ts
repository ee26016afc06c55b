import type { ModelConfig } from '../checkpoint/modelConfig';
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

/** softmax(q k^T / sqrt(dHead)) of a block of rows, [H, B, C]; adds its inputs to the graph. */
export function attentionRows({ dHead, nHeads, nKvHeads }: ModelConfig, graph: GraphBuilder, name: string): string {
  const group = nHeads / nKvHeads;
  const op = new Operators(graph, () => { throw new Error('the attention graphs have no weights'); }, 0);
  const rows = graph.input('q', DataType.float, ['B', nHeads * dHead]);
  const k = graph.input('k', DataType.float, ['C', nKvHeads, dHead]);
  const rowPos = graph.input('rowPos', DataType.float, ['B']);
  const colPos = graph.input('colPos', DataType.float, ['C']);
  const window = graph.input('window', DataType.float, [1]);

  const scaled = op.binary('Mul', '/q_scaled', rows, graph.float(1 / Math.sqrt(dHead)));
  const split = op.transpose('/q_heads', op.reshape('/q_split', scaled, [-1, nKvHeads, group, dHead]), [1, 2, 0, 3]);
  const q = op.reshape('/q_groups', split, [nKvHeads, -1, dHead]);
  const score = op.binary('MatMul', '/score', q, op.transpose('/k_t', k, [1, 2, 0]));
  const shape = graph.node('Concat', '/shape', [
    graph.int64([nHeads]),
    graph.node('Shape', '/rows', [rowPos]),
    graph.node('Shape', '/columns_count', [colPos]),
  ], { attributes: { axis: 0 } });
  const perHead = graph.node('Reshape', '/score_heads', [score, shape]);
  const bias = attentionBias(op, '/mask', rowPos, colPos, window);
  return graph.node('Softmax', name, [op.binary('Add', '/masked', perHead, bias)], { attributes: { axis: -1 } });
}
