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

/** log softmax(logits)[id], in fp64. */
export function logSoftmax(logits: Float32Array, id: number): number {
  let max = -Infinity;
  for (const x of logits) if (x > max) max = x;
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - max);
  return logits[id] - max - Math.log(sum);
}
