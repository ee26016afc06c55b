import type { ModelConfig } from '../checkpoint/config/modelConfig';
import { ropeLength } from '../checkpoint/config/ropeConfig';
import type { ContributionRow } from './contributionRow';
import { KeptAttention } from './keptAttention';
import { isRecurrent, layerLayout } from './layerLayout';
import { RowStore } from './rowStore';
import { RunSnapshots, type Carried } from './runSnapshots';

/** What one layer leaves behind, by the names of its `LayerLayout`. */
export interface LayerState {
  /** Of every row. */
  readonly columns: Readonly<Record<string, RowStore>>;
  /** Of the rows that can be a target. */
  readonly taps: Readonly<Record<string, RowStore>>;
}

/**
 * Everything that attribution needs of a transcript, collected while it is run or generated (METHOD, step 1): from
 * here every span, hop count and method is computed without the model. Row `i` of what is tapped is position
 * `firstRow + i`. Memory grows with N alone.
 */
export class TraceState {
  readonly layers: readonly LayerState[];
  /** residual stream after the last layer, [M, dModel]: what the logits are read from */
  readonly xFinal: RowStore;
  readonly attention: KeptAttention;
  /** By producing row: what each column up to it moved the logit of the token that it produced by, up or down; see `LogitContributions`. */
  readonly contributions = new Map<number, ContributionRow>();
  /** By what was hidden: log P of the generated tokens whose rows did not see it; see `Cuts`. */
  readonly cuts = new Map<string, Float32Array>();
  readonly ids: number[] = [];
  /** log P(ids[firstRow + 1 + r] | everything before it) for the tapped rows whose logits have been read and whose successor was known then. */
  readonly logProbs: number[] = [];
  /** Most probable next token after each tapped row whose logits have been read. */
  readonly argmax: number[] = [];
  /** Logits after the last row that has been read. */
  lastLogits: Float32Array = new Float32Array(0);

  /** Of recurrent layers: what the next rows start from, by layer; and what was carried at shorter lengths. */
  carried: Carried;
  readonly snapshots = new RunSnapshots();
  /** The length that RoPE goes by, where it depends on one (`ropeLength`). */
  readonly ropeLength: number;

  /**
   * @param firstRow position of the first tapped row: the last prompt token, which produced the first generated one
   * @param expectedLength of the whole transcript, which some kinds of RoPE depend on
   * @param capacity rows to have room for from the beginning
   */
  constructor(readonly config: ModelConfig, readonly firstRow: number, expectedLength: number, capacity = expectedLength) {
    const rows = Math.max(0, capacity - firstRow);
    const layouts = config.layers.map((layer) => layerLayout(config, layer));
    const stores = (widths: Readonly<Record<string, number>>, capacity: number) => Object.fromEntries(Object.entries(widths).map(([name, width]) => [name, new RowStore(width, capacity)]));
    this.layers = layouts.map(({ columns, taps }) => ({ columns: stores(columns, capacity), taps: stores(taps, rows) }));
    this.carried = layouts.map(({ carried }) => Object.fromEntries(Object.entries(carried).map(([name, dims]) => [name, new Float32Array(dims.reduce((a, b) => a * b, 1))])));
    this.xFinal = new RowStore(config.dModel, rows);
    this.ropeLength = ropeLength(config, expectedLength);
    this.attention = new KeptAttention(config.nLayers);
  }

  /**
   * A new state that begins with what `from` has in common with `ids`: decoders are causal, so rows up to the first
   * different token are the same. Editing the last turn or generating again runs only what comes after.
   */
  static continuing(from: TraceState, ids: readonly number[], firstRow: number, expectedLength: number, capacity = expectedLength): TraceState {
    const state = new TraceState(from.config, firstRow, expectedLength, capacity);
    const length = sharedRows(from, ids, firstRow, expectedLength);
    const start = firstRow - from.firstRow;
    const end = Math.max(start, length - from.firstRow);
    from.layers.forEach(({ columns, taps }, l) => {
      for (const [name, rows] of Object.entries(columns)) state.layers[l].columns[name].append(rows.rows(0, length));
      if (end > start) for (const [name, rows] of Object.entries(taps)) state.layers[l].taps[name].append(rows.rows(start, end));
    });
    state.snapshots.take(from.snapshots, length);
    state.carried = length === from.length ? from.carried : from.snapshots.before(length)?.carried ?? state.carried;
    for (let i = 0; i < length; i++) state.ids.push(ids[i]);
    // A row's contributions hang on the token that it produced, too.
    for (const [row, found] of from.contributions) if (row >= firstRow && row + 1 < length) state.contributions.set(row, found);
    if (end > start) {
      state.xFinal.append(from.xFinal.rows(start, end));
      // The last row's logits are read again: its successor may be another one.
      const read = Math.min(end, from.argmax.length) - 1;
      state.argmax.push(...from.argmax.slice(start, read));
      state.logProbs.push(...from.logProbs.slice(start, read));
    }
    return state;
  }

  get length(): number {
    return this.ids.length;
  }

  /** Bytes held without the kept attention. */
  get bytes(): number {
    const rows = [...this.contributions.values()].reduce((sum, { moved }) => sum + moved.byteLength, 0) + [...this.cuts.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    const stores = this.layers.flatMap(({ columns, taps }) => [...Object.values(columns), ...Object.values(taps)]);
    return rows + this.snapshots.bytes(this.carried) + stores.reduce((bytes, store) => bytes + store.bytes, this.xFinal.bytes);
  }

  /**
   * log P(id | ids before position), for positions after the first tapped row up to one past the last fed token (the
   * last token of a generation is predicted but never fed), as far as logits have been read; NaN elsewhere.
   */
  logProb(position: number, id: number): number {
    if (position === this.length && this.argmax.length === this.xFinal.length && this.lastLogits.length > 0) return logSoftmax(this.lastLogits, id);
    return this.logProbs[position - this.firstRow - 1] ?? NaN;
  }

  /** Whether this state serves a transcript of these ids: decoders are causal, so a prefix either way does. */
  matches(ids: ArrayLike<number>, firstRow: number): boolean {
    if (this.firstRow > firstRow || this.ropeLength !== ropeLength(this.config, ids.length)) return false;
    const common = Math.min(ids.length, this.length);
    for (let i = 0; i < common; i++) if (ids[i] !== this.ids[i]) return false;
    return common > firstRow;
  }
}

/** Rows of `from` that a state for `ids` can take over: the common prefix; of rows that must be tapped only those that were. */
export function sharedRows(from: TraceState, ids: readonly number[], firstRow: number, expectedLength: number): number {
  if (from.ropeLength !== ropeLength(from.config, expectedLength)) return 0;
  let common = 0;
  while (common < ids.length && common < from.length && ids[common] === from.ids[common]) common++;
  const shared = from.firstRow <= firstRow ? common : Math.min(common, firstRow);
  return isRecurrent(from.config) && shared < from.length ? from.snapshots.before(shared)?.length ?? 0 : shared;
}

/** log softmax(logits)[id], in fp64. */
export function logSoftmax(logits: Float32Array, id: number): number {
  let max = -Infinity;
  for (const x of logits) if (x > max) max = x;
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - max);
  return logits[id] - max - Math.log(sum);
}
