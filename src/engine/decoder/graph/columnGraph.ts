import { attentionBias, attentionPattern, withoutWeights, type Scores } from './builder/attentionOperators';
import { DataType, GraphBuilder } from './builder/graphBuilder';
import type { Operators } from './builder/operators';

/** What attention rows of layers are computed by; layers that have it in common share the graphs. */
export type RowScores = Scores & { readonly hasSinks: boolean };

/**
 * Attention rows of a block of `B` rows of one layer; the N x N pattern never exists, only [H, B, C].
 *
 * Inputs: q [B, H * dHead], k [C, G, dHead], rowPos [B], colPos [C], window [1], with sinks sinks [H].
 * Output: pattern [H, B, C].
 */
export function patternGraph(scores: RowScores): Uint8Array {
  const graph = new GraphBuilder('pattern');
  attentionRows(withoutWeights(graph), scores, 'pattern');
  graph.output('pattern', DataType.float, [scores.nHeads, 'B', 'C']);
  return graph.finish();
}

/**
 * Weighted column sums of such rows (METHOD: `a[h, j]`). `S` spans are summed at once: a span trace has one, a token-wise one
 * a row each.
 *
 * Inputs: as above and rowWeights [S, B].
 * Output: columns [H, S, C].
 */
export function columnGraph(scores: RowScores): Uint8Array {
  const graph = new GraphBuilder('columns');
  columnSums(scores, graph, attentionRows(withoutWeights(graph), scores, '/pattern'));
  return graph.finish();
}

/** The same from attention rows that were kept. Inputs: pattern [H, B, C], rowWeights [S, B]. Output: columns [H, S, C]. */
export function keptColumnGraph(scores: RowScores): Uint8Array {
  const graph = new GraphBuilder('kept_columns');
  columnSums(scores, graph, graph.input('pattern', DataType.float, [scores.nHeads, 'B', 'C']));
  return graph.finish();
}

/**
 * Where rows have a gate, a sum is a vector for each head and column: sum_i a[h, i, j] y[i, h].
 *
 * Inputs: as `patternGraph` and y [S, B, H, dHead], the weighted gates.
 * Output: reach [S, C, H, dHead].
 */
export function gatedColumnGraph(scores: RowScores): Uint8Array {
  const { nHeads, dHead } = scores;
  const graph = new GraphBuilder('gated_columns');
  const op = withoutWeights(graph);
  const columns = op.transpose('/columns', attentionRows(op, scores, '/pattern'), [0, 2, 1]); // [H, C, B]
  const y = op.transpose('/y', graph.input('y', DataType.float, ['S', 'B', nHeads, dHead]), [0, 2, 1, 3]);
  op.transpose('reach', op.binary('MatMul', '/reach', columns, y), [0, 2, 1, 3]);
  graph.output('reach', DataType.float, ['S', 'C', nHeads, dHead]);
  return graph.finish();
}

function columnSums({ nHeads }: Scores, graph: GraphBuilder, pattern: string): void {
  const rowWeights = graph.input('rowWeights', DataType.float, ['S', 'B']);
  graph.node('MatMul', 'columns', [rowWeights, pattern]); // [S, B] x [H, B, C] -> [H, S, C]
  graph.output('columns', DataType.float, [nHeads, 'S', 'C']);
}

/** Attention rows of one layer, [H, B, C]; adds their inputs to the graph. */
function attentionRows(op: Operators, scores: RowScores, name: string): string {
  const { graph } = op;
  const { dHead, nHeads, nKvHeads, hasSinks } = scores;
  const q = graph.input('q', DataType.float, ['B', nHeads * dHead]);
  const k = graph.input('k', DataType.float, ['C', nKvHeads, dHead]);
  const rowPos = graph.input('rowPos', DataType.float, ['B']);
  const colPos = graph.input('colPos', DataType.float, ['C']);
  const window = graph.input('window', DataType.float, [1]);
  const sinks = hasSinks ? graph.input('sinks', DataType.float, [nHeads]) : null;
  return attentionPattern(op, name, scores, q, k, attentionBias(op, '/mask', rowPos, colPos, window), sinks);
}
