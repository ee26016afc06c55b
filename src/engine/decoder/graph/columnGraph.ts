import type { ModelConfig } from '../../checkpoint/config/modelConfig';
import { attentionBias, attentionPattern, withoutWeights } from './attentionOperators';
import { DataType, GraphBuilder } from './graphBuilder';

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
