import { DataType } from '../graph/builder/graphBuilder';
import type { Operators } from '../graph/builder/operators';
import type { Recurrence } from './recurrence';

/**
 * Columns of a chunk. The operator's work on a column grows with the chunk's length, the products' falls: 32 and 64 take about the same time at
 * 16 heads of 128 x 128 and 200 rows, 128 half as much again, 16 twice as much.
 */
export const CHUNK = 64;

/** What the graphs need of a chunk. */
export interface ChunkValues {
  /** [H, dKey, CHUNK]: with which coefficient each column's value stands in each coordinate of the state at the chunk's end */
  readonly stored: string;
  /** [H, 1, 1]: what the chunk's decays leave */
  readonly through: string;
  /** [H, CHUNK, dKey]: what the delta rule takes off a row's `p` for what the row takes of a column; null where nothing is erased */
  readonly erasing: string | null;
  /** Of the rows inside: pattern [H, R, CHUNK], and the queries as they stand at the chunk's start, nothing erased, [H, R, dKey]. */
  readonly rows: { readonly pattern: string; readonly queries: string } | null;
}

/**
 * The recurrence is run forwards over the chunk with a unit vector for each column's value: then the state is made of coefficients and what
 * a row reads is its attention. ONNX Runtime's operator does it step by step, as the model itself does, without the inverse of a triangle
 * that parallel forms need. `p` before the chunk is `through * p - sum over its columns t of a[t] fromStart[t] k_t`: the transition
 * [dKey, dKey] of the whole chunk is not needed.
 *
 * Adds the inputs k [1, CHUNK, Hk * dKey], written and logDecay [1, CHUNK, H], fromStart [H, CHUNK] (product of the decays from the chunk's
 * first column to this one) and, with `entering`, query [1, CHUNK, Hk * dKey] and places [R] int64, the rows' columns within the chunk.
 */
export function chunkOf(op: Operators, { rule, nHeads, nKeyHeads, dKey }: Recurrence, entering: boolean): ChunkValues {
  const { graph } = op;
  const group = nHeads / nKeyHeads;
  const k = graph.input('k', DataType.float, [1, CHUNK, nKeyHeads * dKey]);
  const written = graph.input('written', DataType.float, [1, CHUNK, nHeads]);
  const logDecay = graph.input('logDecay', DataType.float, [1, CHUNK, nHeads]);
  const fromStart = graph.input('fromStart', DataType.float, [nHeads, CHUNK]);
  // Where nobody reads, the operator still wants a query.
  const query = entering ? graph.input('query', DataType.float, [1, CHUNK, nKeyHeads * dKey]) : k;

  const unit = graph.inline('/unit', DataType.float, [CHUNK, 1, CHUNK], unitVectors());
  const values = rule === 'delta'
    ? graph.node('Expand', '/values', [unit, graph.int64([CHUNK, nHeads, CHUNK])])
    : op.binary('Mul', '/values', unit, op.reshape('/written', written, [CHUNK, nHeads, 1]));
  const inputs = [query, k, op.reshape('/values_flat', values, [1, CHUNK, nHeads * CHUNK]), '', logDecay];
  graph.node('LinearAttention', '/run', rule === 'delta' ? [...inputs, written] : inputs, {
    domain: 'com.microsoft',
    attributes: { update_rule: rule === 'delta' ? 'gated_delta' : 'gated', q_num_heads: nKeyHeads, kv_num_heads: nHeads, scale: { float: 1 } },
    outputs: ['/read', '/state'],
  });

  /** x [1, n, Hk * dKey], factors [H, n] -> [H, n, dKey] */
  const scaledKeys = (place: string, x: string, factors: string) => {
    const heads = op.transpose(`${place}/heads`, op.reshape(`${place}/split`, x, [-1, nKeyHeads, 1, dKey]), [1, 2, 0, 3]);
    const scaled = op.binary('Mul', `${place}/scaled`, heads, op.reshape(`${place}/factors`, factors, [nKeyHeads, group, -1, 1]));
    return op.reshape(place, scaled, [nHeads, -1, dKey]);
  };
  const insideOf = (places: string) => {
    const at = (name: string, x: string) => graph.node('Gather', name, [x, places], { attributes: { axis: 1 } });
    return {
      pattern: op.transpose('/rows', op.reshape('/rows/split', at('/rows/read', '/read'), [-1, nHeads, CHUNK]), [1, 0, 2]),
      queries: scaledKeys('/queries', at('/queries/rows', query), at('/queries/from_start', fromStart)),
    };
  };
  return {
    stored: op.reshape('/stored', '/state', [nHeads, dKey, CHUNK]),
    through: graph.node('Slice', '/through', [op.reshape('/from_start', fromStart, [nHeads, CHUNK, 1]), graph.int64([CHUNK - 1]), graph.int64([CHUNK]), graph.int64([1])]),
    erasing: rule === 'delta' ? scaledKeys('/erasing', k, fromStart) : null,
    rows: entering ? insideOf(graph.input('places', DataType.int64, ['R'])) : null,
  };
}

function unitVectors(): Uint8Array {
  const values = new Float32Array(CHUNK * CHUNK);
  for (let i = 0; i < CHUNK; i++) values[i * CHUNK + i] = 1;
  return new Uint8Array(values.buffer);
}
