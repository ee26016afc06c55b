import type { ModelConfig } from '../checkpoint/config/modelConfig';
import type { ContributionRow } from './contributionRow';
import { KeptAttention } from './keptAttention';
import { RowStore } from './rowStore';

/** What one layer leaves behind: keys and values of every row, the rest for the rows that can be a target. */
export interface LayerState {
  /** after RoPE and QK-norm, [N, nKvHeads * dHead] */
  readonly k: RowStore;
  /** with the value bias in it, [N, nKvHeads * dHead] */
  readonly v: RowStore;
  /** after RoPE and QK-norm, [M, nHeads * dHead] */
  readonly q: RowStore;
  /** residual stream before attention, [M, dModel] */
  readonly xIn: RowStore;
  /** residual stream before the MLP, [M, dModel] */
  readonly xMid: RowStore;
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
  readonly ids: number[] = [];
  /** log P(ids[firstRow + 1 + r] | everything before it) for the tapped rows whose logits have been read and whose successor was known then. */
  readonly logProbs: number[] = [];
  /** Most probable next token after each tapped row whose logits have been read. */
  readonly argmax: number[] = [];
  /** Logits after the last row that has been read. */
  lastLogits: Float32Array = new Float32Array(0);

  /** @param firstRow position of the first tapped row: the last prompt token, which produced the first generated one */
  constructor(readonly config: ModelConfig, readonly firstRow: number, expectedLength: number) {
    const { nLayers, nHeads, nKvHeads, dHead, dModel } = config;
    const rows = Math.max(0, expectedLength - firstRow);
    this.layers = Array.from({ length: nLayers }, () => ({
      k: new RowStore(nKvHeads * dHead, expectedLength),
      v: new RowStore(nKvHeads * dHead, expectedLength),
      q: new RowStore(nHeads * dHead, rows),
      xIn: new RowStore(dModel, rows),
      xMid: new RowStore(dModel, rows),
    }));
    this.xFinal = new RowStore(dModel, rows);
    this.attention = new KeptAttention(nLayers, nHeads);
  }

  /**
   * A new state that begins with what `from` has in common with `ids`: decoders are causal, so rows up to the first
   * different token are the same. Editing the last turn or generating again runs only what comes after.
   */
  static continuing(from: TraceState, ids: readonly number[], firstRow: number, expectedLength: number): TraceState {
    const state = new TraceState(from.config, firstRow, expectedLength);
    const length = sharedRows(from, ids, firstRow);
    const start = firstRow - from.firstRow;
    const end = Math.max(start, length - from.firstRow);
    from.layers.forEach((layer, l) => {
      for (const cached of ['k', 'v'] as const) state.layers[l][cached].append(layer[cached].rows(0, length));
      if (end > start) for (const tap of ['q', 'xIn', 'xMid'] as const) state.layers[l][tap].append(layer[tap].rows(start, end));
    });
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
    const rows = [...this.contributions.values()].reduce((sum, { moved }) => sum + moved.byteLength, 0);
    return rows + this.layers.reduce((sum, layer) => sum + Object.values<RowStore>({ ...layer }).reduce((bytes, rows) => bytes + rows.bytes, 0), this.xFinal.bytes);
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
    if (this.firstRow > firstRow) return false;
    const common = Math.min(ids.length, this.length);
    for (let i = 0; i < common; i++) if (ids[i] !== this.ids[i]) return false;
    return common > firstRow;
  }
}

/** Rows of `from` that a state for `ids` can take over: the common prefix; of rows that must be tapped only those that were. */
export function sharedRows(from: TraceState, ids: readonly number[], firstRow: number): number {
  let common = 0;
  while (common < ids.length && common < from.length && ids[common] === from.ids[common]) common++;
  return from.firstRow <= firstRow ? common : Math.min(common, firstRow);
}

/** log softmax(logits)[id], in fp64. */
export function logSoftmax(logits: Float32Array, id: number): number {
  let max = -Infinity;
  for (const x of logits) if (x > max) max = x;
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - max);
  return logits[id] - max - Math.log(sum);
}
