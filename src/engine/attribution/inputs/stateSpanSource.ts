import { breathe } from '../../base/breathe';
import type { AttentionMixer, Mixer } from '../../checkpoint/config/modelConfig';
import type { ColumnSums } from '../../decoder/attentionSession';
import type { ModelSession } from '../../decoder/modelSession';
import { recurrenceOf } from '../../decoder/recurrent/recurrentLayer';
import type { ContributionRow } from '../../state/contributionRow';
import { keysLayer } from '../../state/layerLayout';
import type { TraceState } from '../../state/traceState';
import type { LayerSpan, SourceLayer, SpanSource, WeightedRows } from '../aggregation/spanSource';
import { attentionBlocks } from './attentionBlocks';
import { convolvedReach, recurrentRows, timesValues, weightedGates } from './gatedReach';

/** Weight of rows that may be left out together; three orders below the accuracy that the tests ask of scores. */
const NEGLIGIBLE_WEIGHT = 1e-7;

/**
 * Answers the tracer from a trace state: attention column sums in blocks of rows, never an N x N pattern. Rows whose
 * attention is kept are summed up from there; that of the others is computed. Where rows have a gate, a column's sum is a vector for each head, and goes over
 * multiplied with the column's value.
 */
export class StateSpanSource implements SpanSource {
  constructor(private readonly session: Pick<ModelSession, 'attention' | 'recurrent'>, private readonly state: TraceState, private readonly checkCancelled: () => void) {}

  async layer(layer: number, spans: readonly WeightedRows[], spare?: ArrayBuffer): Promise<SourceLayer> {
    const { xIn, xMid } = this.state.layers[layer].taps;
    const tap = spans[0].start - this.state.firstRow;
    const { first, columns, values, sums } = await this.summed(layer, spans, spare);
    return {
      first, columns, values,
      spans: spans.map(({ weights }, s) => ({ ...sums[s], xMid: xMid.weightedSum(tap, weights), xIn: xIn.weightedSum(tap, weights) })),
    };
  }

  contributions(tokens: readonly number[]): Promise<readonly ContributionRow[]> {
    return Promise.resolve(tokens.map((token) => this.state.contributions.get(token - 1)!));
  }

  private async summed(layer: number, spans: readonly WeightedRows[], spare?: ArrayBuffer): Promise<Omit<SourceLayer, 'spans'> & { readonly sums: readonly Pick<LayerSpan, 'attention' | 'values'>[] }> {
    const { mixer } = this.state.config.layers[layer];
    const { start, weights: { length: rows } } = spans[0];
    const end = start + rows; // causal: nothing beyond the last row is seen
    const rowWeights = this.scaledWeights(layer, spans);
    const { v } = this.state.layers[keysLayer(this.state.config, layer)].columns;
    if (mixer.kind === 'attention' && !mixer.isGated) {
      const first = mixer.window === null ? 0 : Math.max(0, start - mixer.window + 1);
      const columns = end - first;
      const attention = await this.attention(layer, mixer, spans, rowWeights, first, columns);
      return { first, columns, values: copy(v.rows(first, end), spare), sums: attention.map((sums) => ({ attention: sums })) }; // goes to the tracer's thread
    }
    const { first, reach } = await this.reach(layer, mixer, start, rowWeights, end);
    const columns = end - first;
    const ones = new Float32Array(mixer.nHeads * columns).fill(1);
    reach.forEach((sums) => { timesValues(mixer, sums, v.rows(first, end), this.session.attention.constants[layer].valueBias); });
    return { first, columns, values: null, sums: reach.map((values, s) => ({ attention: s === 0 ? ones : ones.slice(), values })) };
  }

  /** Each row's weight times its scale (a norm on the output), for each span, [rows]. */
  private scaledWeights(layer: number, spans: readonly WeightedRows[]): readonly Float64Array[] {
    const { scale } = this.state.layers[layer].taps as { scale?: TraceState['xFinal'] };
    if (!scale) return spans.map(({ weights }) => weights);
    const { start, weights: { length } } = spans[0];
    const scales = scale.rows(start - this.state.firstRow, start - this.state.firstRow + length);
    return spans.map(({ weights }) => weights.map((weight, i) => weight * scales[i]));
  }

  /** `a[h, j]` for each span, [nHeads, columns] */
  private async attention(layer: number, { nHeads }: AttentionMixer, spans: readonly WeightedRows[], weights: readonly Float64Array[], first: number, columns: number): Promise<Float32Array<ArrayBuffer>[]> {
    const { attention: kept } = this.state;
    const { start } = spans[0];
    const sums = spans.map(() => new Float32Array(nHeads * columns));
    const ofRows = (positions: readonly number[]) => Float32Array.from(weights.flatMap((ofSpan) => positions.map((position) => ofSpan[position - start] ?? 0)));
    const add = ({ first: from, end, sums: part }: ColumnSums) => spans.forEach((_, s) => {
      const [low, high] = [Math.max(from, first), Math.min(end, first + columns)];
      for (let h = 0; h < nHeads; h++) {
        const at = (h * spans.length + s) * (end - from) - from;
        for (let j = low; j < high; j++) sums[s][h * columns + j - first] += part[at + j];
      }
    });
    const positions = rowsThatCount(weights).map((row) => start + row);
    const computed = positions.filter((position) => !kept.has(layer, position));
    for (const block of kept.holding(layer, positions)) {
      await this.pause();
      add(await this.session.attention.keptColumnSums(layer, block, ofRows(block.positions)));
    }
    for (const block of attentionBlocks(nHeads, this.state.length, computed)) {
      await this.pause();
      add(await this.session.attention.columnSums(this.state, layer, block, ofRows(block)));
    }
    return sums;
  }

  /** sum_i w_i scale_i a[h, i, j] gate[i, h] for each span, [end - first, nHeads, dHead] */
  private async reach(layer: number, mixer: Mixer, start: number, weights: readonly Float64Array[], end: number): Promise<{ readonly first: number; readonly reach: Float32Array[] }> {
    const positions = rowsThatCount(weights).map((row) => start + row);
    const width = mixer.nHeads * mixer.dHead;
    if (positions.length === 0) return { first: 0, reach: weights.map(() => new Float32Array(end * width)) };
    const gated = (block: readonly number[]) => weightedGates(this.state, layer, block, start, weights);
    if (mixer.kind === 'convolution') return convolvedReach(this.session.attention.constants[layer].kernel!, mixer, positions, gated(positions), weights.length, end);
    if (mixer.kind === 'attention') {
      const first = mixer.window === null ? 0 : Math.max(0, start - mixer.window + 1);
      const reach = weights.map(() => new Float32Array((end - first) * width));
      for (const block of attentionBlocks(mixer.nHeads, this.state.length, positions)) {
        await this.pause();
        const part = await this.session.attention.gatedColumnSums(this.state, layer, block, gated(block));
        reach.forEach((sums, s) => {
          const from = s * (part.end - part.first) * width;
          for (let i = 0; i < (part.end - part.first) * width; i++) sums[(part.first - first) * width + i] += part.sums[from + i];
        });
      }
      return { first, reach };
    }
    const { columns, rows } = recurrentRows(this.state, layer, positions);
    const found = await this.session.recurrent!.reach(recurrenceOf(mixer), columns, rows, gated(positions), this.session.attention.constants[layer].skip, () => this.pause());
    return {
      first: 0,
      reach: found.map((sums) => {
        if (sums.length === end * width) return sums;
        const whole = new Float32Array(end * width); // rows at the end that do not count
        whole.set(sums);
        return whole;
      }),
    };
  }

  private async pause(): Promise<void> {
    await breathe();
    this.checkCancelled();
  }
}

/**
 * Rows whose attention must be computed. A hop's weights are heavy-tailed and 0 on stop tokens: the smallest rows that
 * together weigh at most `NEGLIGIBLE_WEIGHT` of all are left out. Attention rows sum to 1, so no `a[h, j]` changes
 * by more than that.
 */
function rowsThatCount(weights: readonly Float64Array[]): number[] {
  const largest = Float64Array.from(weights[0], (_, row) => weights.reduce((max, ofSpan) => Math.max(max, ofSpan[row]), 0));
  const all = largest.reduce((a, b) => a + b, 0);
  const ascending = Array.from(largest.keys()).sort((a, b) => largest[a] - largest[b]);
  let weight = 0;
  const kept = ascending.findIndex((row) => (weight += largest[row]) > NEGLIGIBLE_WEIGHT * all);
  return kept < 0 ? [] : ascending.slice(kept).sort((a, b) => a - b);
}

/** Into the spare buffer where that is large enough. */
function copy(values: Float32Array, spare?: ArrayBuffer): Float32Array {
  if (!spare || spare.byteLength < values.byteLength) return values.slice();
  const into = new Float32Array(spare, 0, values.length);
  into.set(values);
  return into;
}
