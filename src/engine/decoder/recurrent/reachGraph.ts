import { withoutWeights } from '../graph/builder/attentionOperators';
import { DataType, GraphBuilder } from '../graph/builder/graphBuilder';
import { CHUNK, chunkOf } from './chunkGraph';
import type { Recurrence } from './recurrence';

/**
 * One step of sums of what rows take, `g[j, h] = sum over i of a[h, i, j] y[i, h]`, for S spans at once, over chunks of columns from the last to
 * the first. As `patternStepGraph`, but rows that are summed are never apart: they need one `p` for each coordinate of y, not for each row.
 *
 * Inputs: the chunk's, beyond [H, dKey, S * dHead] and, with `entering`, y [S, R, H, dHead] of the rows inside the chunk.
 * Outputs: reach [S, CHUNK, H, dHead], carried [H, dKey, S * dHead], the next chunk's `beyond`.
 */
export function reachStepGraph(recurrence: Recurrence, entering: boolean): Uint8Array {
  const { nHeads, dKey, dHead } = recurrence;
  const graph = new GraphBuilder('recurrent_reach');
  const op = withoutWeights(graph);
  const chunk = chunkOf(op, recurrence, entering);
  const beyond = graph.input('beyond', DataType.float, [nHeads, dKey, 'M']);
  const across = (name: string, a: string, b: string) => op.binary('MatMul', name, op.transpose(`${name}/t`, a, [0, 2, 1]), b);
  let sums = across('/taken', chunk.stored, beyond); // [H, CHUNK, S * dHead]
  let carried = op.binary('Mul', '/decayed', beyond, chunk.through);
  if (chunk.rows) {
    const y = graph.input('y', DataType.float, ['S', 'R', nHeads, dHead]);
    const ofHeads = op.reshape('/y_heads', op.transpose('/y_t', y, [2, 1, 0, 3]), [nHeads, 0, -1]);
    sums = op.binary('Add', '/sums', sums, across('/inside', chunk.rows.pattern, ofHeads));
    carried = op.binary('Add', '/entered', carried, across('/entering', chunk.rows.queries, ofHeads));
  }
  if (chunk.erasing !== null) carried = op.binary('Sub', '/carried', carried, across('/erased', chunk.erasing, sums));
  op.transpose('reach', op.reshape('/spans', sums, [nHeads, CHUNK, -1, dHead]), [2, 1, 0, 3]);
  graph.node('Identity', 'carried', [carried]);
  graph.output('reach', DataType.float, ['S', CHUNK, nHeads, dHead]);
  graph.output('carried', DataType.float, [nHeads, dKey, 'M']);
  return graph.finish();
}
