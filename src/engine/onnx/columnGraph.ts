import type { ModelConfig } from '../checkpoint/modelConfig';
import { DataType, GraphBuilder } from './graphBuilder';
import { attentionBias, Operators } from './operators';

/**
 * Weighted column sums of attention rows, for a block of `B` rows of one layer (METHOD: `a[h, j]`); the N x N pattern
 * never exists, only [H, B, C]. `S` spans are summed at once: a span trace has one, a token-wise one a row each.
 *
 * Inputs: q [B, H * dHead], k [G, C, dHead], rowPos [B], colPos [C], window [1], rowWeights [S, B].
 * Output: columns [H, S, C].
 */
export function columnGraph(config: ModelConfig): Uint8Array {
  const { dHead, nHeads, nKvHeads } = config;
  const group = nHeads / nKvHeads;
  const graph = new GraphBuilder('columns');
  const op = new Operators(graph, () => { throw new Error('the column graph has no weights'); }, 0);
  const rows = graph.input('q', DataType.float, ['B', nHeads * dHead]);
  const k = graph.input('k', DataType.float, [nKvHeads, 'C', dHead]);
  const rowPos = graph.input('rowPos', DataType.float, ['B']);
  const colPos = graph.input('colPos', DataType.float, ['C']);
  const window = graph.input('window', DataType.float, [1]);
  const rowWeights = graph.input('rowWeights', DataType.float, ['S', 'B']);

  const scaled = op.binary('Mul', '/q_scaled', rows, graph.float(1 / Math.sqrt(dHead)));
  const split = op.transpose('/q_heads', op.reshape('/q_split', scaled, [-1, nKvHeads, group, dHead]), [1, 2, 0, 3]);
  const q = op.reshape('/q_groups', split, [nKvHeads, -1, dHead]);
  const score = op.binary('MatMul', '/score', q, op.transpose('/k_t', k, [0, 2, 1]));
  const shape = graph.node('Concat', '/shape', [
    graph.int64([nHeads]),
    graph.node('Shape', '/rows', [rowPos]),
    graph.node('Shape', '/columns_count', [colPos]),
  ], { attributes: { axis: 0 } });
  const perHead = graph.node('Reshape', '/score_heads', [score, shape]);
  const bias = attentionBias(op, '/mask', rowPos, colPos, window);
  const pattern = graph.node('Softmax', '/pattern', [op.binary('Add', '/masked', perHead, bias)], { attributes: { axis: -1 } });
  op.binary('MatMul', 'columns', rowWeights, pattern); // [S, B] x [H, B, C] -> [H, S, C]
  graph.output('columns', DataType.float, [nHeads, 'S', 'C']);
  return graph.finish();
}
