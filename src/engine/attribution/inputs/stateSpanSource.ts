import { breathe } from '../../base/breathe';
import type { AttentionSession } from '../../decoder/attentionSession';
import type { ContributionRow } from '../../state/contributionRow';
import type { TraceState } from '../../state/traceState';
import type { SourceLayer, SpanSource, WeightedRows } from '../aggregation/spanSource';
import { attentionBlocks } from './attentionBlocks';

/** Weight of rows that may be left out together; three orders below the accuracy that the tests ask of scores. */
const NEGLIGIBLE_WEIGHT = 1e-7;

/**
 * Answers the tracer from a trace state: attention column sums in blocks of rows, never an N x N pattern. Rows whose
 * attention is kept are summed up from there; that of the others is computed.
 */
export class StateSpanSource implements SpanSource {
  constructor(private readonly session: AttentionSession, private readonly state: TraceState, private readonly checkCancelled: () => void) {}

  async layer(layer: number, spans: readonly WeightedRows[], spare?: ArrayBuffer): Promise<SourceLayer> {
    const { start, weights: { length: rows } } = spans[0];
    const columns = start + rows; // causal: nothing beyond the last row is seen
    const { v, xIn, xMid } = this.state.layers[layer];
    const attention = await this.attention(layer, spans, columns);
    const tap = start - this.state.firstRow;
    return {
      columns,
      values: copy(v.rows(0, columns), spare), // goes to the tracer's thread
      spans: spans.map(({ weights }, s) => ({ attention: attention[s], xMid: xMid.weightedSum(tap, weights), xIn: xIn.weightedSum(tap, weights) })),
    };
  }

  contributions(tokens: readonly number[]): Promise<readonly ContributionRow[]> {
    return Promise.resolve(tokens.map((token) => this.state.contributions.get(token - 1)!));
  }

  /** `a[h, j]` for each span, [nHeads, columns] */
  private async attention(layer: number, spans: readonly WeightedRows[], columns: number): Promise<Float32Array[]> {
    const { nHeads } = this.session.config;
    const { attention: kept } = this.state;
    const { start } = spans[0];
    const sums = spans.map(() => new Float32Array(nHeads * columns));
    const rowWeights = (positions: readonly number[]) => Float32Array.from(spans.flatMap(({ weights }) => positions.map((position) => weights[position - start] ?? 0)));
    /** part: [nHeads, spans, seen] */
    const add = (part: Float32Array, seen: number) => spans.forEach((_, s) => {
      for (let h = 0; h < nHeads; h++) {
        const from = (h * spans.length + s) * seen;
        for (let j = Math.min(seen, columns) - 1; j >= 0; j--) sums[s][h * columns + j] += part[from + j];
      }
    });
    const positions = rowsThatCount(spans).map((row) => start + row);
    const computed = positions.filter((position) => !kept.has(layer, position));
    for (const block of kept.holding(layer, positions)) {
      await this.pause();
      add(await this.session.keptColumnSums(block, rowWeights(block.positions)), block.columns);
    }
    for (const block of attentionBlocks(this.state, computed)) {
      await this.pause();
      add(await this.session.columnSums(this.state, layer, block, rowWeights(block)), block[block.length - 1] + 1);
    }
    return sums;
  }

  private async pause(): Promise<void> {
    await breathe();
    this.checkCancelled();
  }
}

/**
 * Rows whose attention must be computed. A hop's weights are heavy-tailed and 0 on stop tokens: the smallest rows that
 * together weigh at most `NEGLIGIBLE_WEIGHT` are left out. Attention rows sum to 1 and weights to 1, so no `a[h, j]` changes
 * by more than that.
 */
function rowsThatCount(spans: readonly WeightedRows[]): number[] {
  const largest = Float64Array.from(spans[0].weights, (_, row) => spans.reduce((max, { weights }) => Math.max(max, weights[row]), 0));
  const ascending = Array.from(largest.keys()).sort((a, b) => largest[a] - largest[b]);
  let weight = 0;
  const kept = ascending.findIndex((row) => (weight += largest[row]) > NEGLIGIBLE_WEIGHT);
  return kept < 0 ? [] : ascending.slice(kept).sort((a, b) => a - b);
}

/** Into the spare buffer where that is large enough. */
function copy(values: Float32Array, spare?: ArrayBuffer): Float32Array {
  if (!spare || spare.byteLength < values.byteLength) return values.slice();
  const into = new Float32Array(spare, 0, values.length);
  into.set(values);
  return into;
}
