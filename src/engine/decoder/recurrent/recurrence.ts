/** How a layer with a recurrent state mixes tokens. Value head n reads key head `floor(n * nKeyHeads / nHeads)`. */
export interface Recurrence {
  /**
   * The update of a head's state S [dKey, dHead] by column t, with `alpha = exp(logDecay)`; row t then takes `S^T q`.
   * - `delta`, the gated delta rule (Gated DeltaNet, arXiv 2412.06464): S <- alpha (I - beta k k^T) S + beta k v^T
   * - `decay`, Mamba-2 (arXiv 2405.21060): S <- alpha S + dt k v^T, and a row may also take `D v` of itself
   */
  readonly rule: 'delta' | 'decay';
  readonly nHeads: number;
  readonly nKeyHeads: number;
  readonly dKey: number;
  readonly dHead: number;
}

/** What columns leave behind of how they were written, from the first column on. */
export interface RecurrentColumns {
  /** [columns, nKeyHeads * dKey]: keys of unit length, or Mamba's B */
  readonly k: Float32Array;
  /** [columns, nHeads]: beta, or Mamba's dt */
  readonly written: Float32Array;
  /** [columns, nHeads]: log alpha <= 0 */
  readonly logDecay: Float32Array;
}

/** Rows that read the state. */
export interface RecurrentRows {
  /** ascending */
  readonly positions: readonly number[];
  /** [rows, nKeyHeads * dKey]: queries, already scaled, or Mamba's C */
  readonly q: Float32Array;
}

/** How many columns the rows read: all up to the last of them, since the state is causal. */
export function columnsRead({ positions }: RecurrentRows): number {
  return positions[positions.length - 1] + 1;
}

/** @throws Error where arrays do not have the lengths that their meaning asks for: read on, they would give numbers of other columns */
export function checkRecurrent({ nHeads, nKeyHeads, dKey }: Recurrence, columns: RecurrentColumns, rows: RecurrentRows, skip: Float32Array | null): void {
  const { positions, q } = rows;
  const isAscending = positions.length > 0 && positions.every((position, i) => Number.isInteger(position) && position > (i === 0 ? -1 : positions[i - 1]));
  if (!isAscending) throw new Error(`Rows of a recurrent layer are [${positions.slice(0, 8).join(', ')}${positions.length > 8 ? ', ...' : ''}]; positions from 0 on are wanted, one at least, ascending.`);
  const count = columnsRead(rows);
  const wanted = { k: count * nKeyHeads * dKey, written: count * nHeads, logDecay: count * nHeads, q: positions.length * nKeyHeads * dKey, skip: nHeads };
  const found = { ...columns, q, skip: skip ?? { length: nHeads } };
  for (const name of Object.keys(wanted) as (keyof typeof wanted)[]) {
    if (found[name].length !== wanted[name]) throw new Error(`"${name}" of a recurrent layer has ${found[name].length} numbers; ${wanted[name]} are wanted for ${positions.length} rows and ${count} columns.`);
  }
}
