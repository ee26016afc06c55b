import { withoutWeights } from '../graph/builder/attentionOperators';
import { DataType, GraphBuilder } from '../graph/builder/graphBuilder';
import type { Operators } from '../graph/builder/operators';
import { CHUNK, chunkOf } from './chunkGraph';
import type { Recurrence } from './recurrence';

/**
 * One step of `a[h, i, j]`, what row i takes of column j's value, over chunks of columns from the last to the first. The rule is unrolled
 * backwards: `a[h, i, j] = p_j^T k_j written_j`, where `p`, row i's query taken back through the updates between j and i, is all that an
 * earlier chunk needs to know of the row. R rows lie inside the chunk, M beyond it; those inside stand first in what comes out.
 *
 * Inputs: the chunk's (`chunkOf`), and of the rows beyond
 * - `delta`: beyond [H, M, dKey], their `p`
 * - `decay`: queries [M, Hk * dKey], left [H, M] (what is left of them: their `p` is the query times that), and stays [H, CHUNK], what is left at the
 *   chunk's end of what a column writes. Without `entering` only those and k.
 *
 * Outputs: pattern [H, R + M, CHUNK]; with `delta` also carried [H, R + M, dKey], the next chunk's `beyond`.
 * @param entering whether rows lie in the chunk
 */
export function patternStepGraph(recurrence: Recurrence, entering: boolean): Uint8Array {
  const graph = new GraphBuilder('recurrent_pattern');
  const op = withoutWeights(graph);
  if (recurrence.rule === 'delta') deltaStep(op, recurrence, entering);
  else decayStep(op, recurrence, entering);
  graph.output('pattern', DataType.float, [recurrence.nHeads, 'K', CHUNK]);
  return graph.finish();
}

function deltaStep(op: Operators, recurrence: Recurrence, entering: boolean): void {
  const { graph } = op;
  const { nHeads, dKey } = recurrence;
  const { stored, through, erasing, rows } = chunkOf(op, recurrence, entering);
  const beyond = graph.input('beyond', DataType.float, [nHeads, 'M', dKey]);
  withRows(op, 'pattern', rows?.pattern, op.binary('MatMul', '/taken', beyond, stored));
  const kept = withRows(op, '/kept', rows?.queries, op.binary('Mul', '/decayed', beyond, through));
  op.binary('Sub', 'carried', kept, op.binary('MatMul', '/erased', 'pattern', erasing!));
  graph.output('carried', DataType.float, [nHeads, 'K', dKey]);
}

/** Nothing is erased, so `p` keeps its direction: heads that share keys share their products with the queries. */
function decayStep(op: Operators, recurrence: Recurrence, entering: boolean): void {
  const { graph } = op;
  const { nHeads, nKeyHeads, dKey } = recurrence;
  const group = nHeads / nKeyHeads;
  const rows = entering ? chunkOf(op, recurrence, true).rows : null;
  const k = entering ? 'k' : graph.input('k', DataType.float, [1, CHUNK, nKeyHeads * dKey]);
  const queries = graph.input('queries', DataType.float, ['M', nKeyHeads * dKey]);
  const left = graph.input('left', DataType.float, [nHeads, 'M']);
  const stays = graph.input('stays', DataType.float, [nHeads, CHUNK]);
  const heads = (place: string, x: string, perm: readonly number[]) => op.transpose(place, op.reshape(`${place}/split`, x, [-1, nKeyHeads, dKey]), perm);
  const products = op.binary('MatMul', '/products', heads('/query_heads', queries, [1, 0, 2]), heads('/key_heads', k, [1, 2, 0])); // [Hk, M, CHUNK]
  const decayed = op.binary('Mul', '/decayed', op.reshape('/groups', products, [nKeyHeads, 1, -1, CHUNK]), op.reshape('/left_heads', left, [nKeyHeads, group, -1, 1]));
  const taken = op.binary('Mul', '/taken', decayed, op.reshape('/stays_heads', stays, [nKeyHeads, group, 1, CHUNK]));
  withRows(op, 'pattern', rows?.pattern, op.reshape('/taken_heads', taken, [nHeads, -1, CHUNK]));
}

/** Rows inside the chunk [H, R, n], if any, before the others [H, M, n]. */
function withRows(op: Operators, name: string, inside: string | undefined, beyond: string): string {
  return op.graph.node('Concat', name, inside === undefined ? [beyond] : [inside, beyond], { attributes: { axis: 1 } });
}
