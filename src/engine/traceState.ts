import type { ModelConfig } from './checkpoint/modelConfig';
import { KvCache } from './kvCache';
import { RowStore } from './rowStore';

/** What one layer leaves behind for the rows that can be a target. */
export interface LayerTaps {
  /** after RoPE and QK-norm, [M, nHeads * dHead] */
  readonly q: RowStore;
  /** residual stream before attention, [M, D] */
  readonly xIn: RowStore;
  /** residual stream before the MLP, [M, D] */
  readonly xMid: RowStore;
}

/**
 * Everything that attribution needs of a transcript, collected while it is run or generated (METHOD, step 1): from
 * here every span, hop count and method is computed without the model. Row `i` of the taps is position
 * `firstRow + i`. Memory grows with N alone.
 */
export class TraceState {
  readonly cache: KvCache;
  readonly taps: readonly LayerTaps[];
  readonly ids: number[] = [];
  /** log P(ids[firstRow + 1 + r] | everything before it) for tapped row r; one less than the tapped rows, as the last has no successor yet. */
  readonly logProbs: number[] = [];
  /** Most probable next token after each tapped row. */
  readonly argmax: number[] = [];
  /** Logits after the last row. */
  lastLogits: Float32Array = new Float32Array(0);

  /** @param firstRow position of the first tapped row: the last prompt token, which produced the first generated one */
  constructor(readonly config: ModelConfig, readonly firstRow: number, expectedLength: number) {
    this.cache = new KvCache(config, expectedLength);
    const rows = Math.max(0, expectedLength - firstRow);
    this.taps = Array.from({ length: config.nLayers }, () => ({
      q: new RowStore(config.nHeads * config.dHead, rows),
      xIn: new RowStore(config.dModel, rows),
      xMid: new RowStore(config.dModel, rows),
    }));
  }

  /**
   * A new state that begins with what `from` has in common with `ids`: decoders are causal, so rows up to the first
   * different token are the same. Editing the last turn or generating again runs only what comes after.
   * @param limit rows that may be taken over: a caller that needs the logits after a row must run that row
   */
  static continuing(from: TraceState, ids: readonly number[], firstRow: number, expectedLength: number, limit: number): TraceState {
    const state = new TraceState(from.config, firstRow, expectedLength);
    const length = Math.min(limit, sharedRows(from, ids, firstRow));
    state.cache.copyPrefix(from.cache, length);
    for (let i = 0; i < length; i++) state.ids.push(ids[i]);
    if (length > firstRow) {
      const start = firstRow - from.firstRow;
      const end = length - from.firstRow;
      for (let l = 0; l < from.config.nLayers; l++) {
        for (const tap of ['q', 'xIn', 'xMid'] as const) state.taps[l][tap].append(from.taps[l][tap].rows(start, end));
      }
      state.argmax.push(...from.argmax.slice(start, end));
      // The successor of the last row taken over is known, though its logits are not kept.
      state.logProbs.push(...from.logProbs.slice(start, end));
    }
    return state;
  }

  get length(): number {
    return this.ids.length;
  }

  /** Bytes held, for the memory budget. */
  get bytes(): number {
    const { nLayers, nKvHeads, nHeads, dHead, dModel } = this.config;
    const tapped = Math.max(0, this.length - this.firstRow);
    return 4 * nLayers * (2 * this.cache.slots * nKvHeads * dHead + tapped * (nHeads * dHead + 2 * dModel));
  }

  /**
   * log P(id | ids before position), for positions after the first tapped row up to one past the last fed token (the
   * last token of a generation is predicted but never fed); NaN elsewhere.
   */
  logProb(position: number, id: number): number {
    if (position === this.length && this.lastLogits.length > 0) return logSoftmax(this.lastLogits, id);
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

/**
 * Rows of `from` that a state for `ids` can take over: the common prefix. Of rows that must be tapped only those that were,
 * and not the last one, whose successor differs and whose logits are gone.
 */
export function sharedRows(from: TraceState, ids: readonly number[], firstRow: number): number {
  let common = 0;
  while (common < ids.length && common < from.length && ids[common] === from.ids[common]) common++;
  if (common <= firstRow) return common;
  return from.firstRow <= firstRow ? Math.max(firstRow, common - 1) : firstRow;
}

/** log softmax(logits)[id], in fp64. */
export function logSoftmax(logits: Float32Array, id: number): number {
  let max = -Infinity;
  for (const x of logits) if (x > max) max = x;
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - max);
  return logits[id] - max - Math.log(sum);
}
