import type { ModelConfig } from '../checkpoint/modelConfig';
import { attentionRows } from './columnGraph';
import { DataType, GraphBuilder } from './graphBuilder';
import { Operators } from './operators';

/**
 * What one layer's attention moves from every column along a row's direction, for a block of `B` rows: the sum over heads of
 * a[h, i, j] <v[j, h], z[i, h]>. Like the attention itself it is one product of queries and keys and one of directions and
 * values; nothing of size dHead x D for a pair.
 *
 * Inputs: those of `attentionRows`; z [B, H * dHead], v [C, G, dHead], and with a value bias vBias [G, dHead].
 * Output: contributions [B, C].
 */
export function contributionGraph(config: ModelConfig): Uint8Array {
  const { nHeads, nKvHeads, dHead } = config;
  const group = nHeads / nKvHeads;
  const graph = new GraphBuilder('contributions');
  const op = new Operators(graph, () => { throw new Error('the contribution graph has no weights'); }, 0);
  const pattern = attentionRows(config, graph, '/pattern'); // [H, B, C]
  const z = graph.input('z', DataType.float, ['B', nHeads * dHead]);
  const v = graph.input('v', DataType.float, ['C', nKvHeads, dHead]);
  const values = config.attentionBias ? op.binary('Sub', '/v_unbiased', v, graph.input('vBias', DataType.float, [nKvHeads, dHead])) : v;
  const split = op.transpose('/z_heads', op.reshape('/z_split', z, [-1, nKvHeads, group, dHead]), [1, 2, 0, 3]);
  const along = op.binary('MatMul', '/along', op.reshape('/z_groups', split, [nKvHeads, -1, dHead]), op.transpose('/v_t', values, [1, 2, 0]));
  const perHead = graph.node('Reshape', '/along_heads', [along, graph.node('Shape', '/pattern_shape', [pattern])]);
  const moved = op.reshape('/moved_heads', op.binary('Mul', '/moved', pattern, perHead), [nHeads, -1]);
  // A product with ones: a sum over the first axis walks memory the wrong way.
  const ones = graph.inline('/ones', DataType.float, [1, nHeads], new Uint8Array(new Float32Array(nHeads).fill(1).buffer));
  const total = op.binary('MatMul', '/total', ones, moved);
  graph.node('Reshape', 'contributions', [total, graph.node('Shape', '/block_shape', [pattern], { attributes: { start: 1 } })]);
  graph.output('contributions', DataType.float, ['B', 'C']);
  return graph.finish();
}
