import type { ModelSession } from './modelSession';
import type { SpanLayer } from './tracer/layerShares';
import type { SpanSource, WeightedRows } from './tracer/spanSource';
import type { TraceState } from './traceState';

/** Bytes of attention pattern that a block of rows may take. */
const PATTERN_BYTES = 64 << 20;
/** Weight of rows that may be left out together; three orders below the accuracy that the tests ask of scores. */
const NEGLIGIBLE_WEIGHT = 1e-7;

/** Answers the tracer from a trace state: attention column sums in blocks of rows, never an N x N pattern. */
export class StateSpanSource implements SpanSource {
  constructor(private readonly session: ModelSession, private readonly state: TraceState, private readonly checkCancelled: () => void) {}

  async layer(layer: number, spans: readonly WeightedRows[]): Promise<SpanLayer[]> {
    const { nHeads } = this.session.config;
    const { start, weights: { length: rows } } = spans[0];
    const slots = this.state.cache.slots;
    const columns = start + rows; // causal: nothing beyond the last row is seen
    const attention = spans.map(() => new Float32Array(nHeads * columns));
    const counted = rowsThatCount(spans);
    const block = Math.max(1, Math.floor(PATTERN_BYTES / (4 * nHeads * slots)));
    for (let first = 0; first < counted.length; first += block) {
      await breathe();
      this.checkCancelled();
      const part = counted.slice(first, first + block);
      const rowWeights = new Float32Array(spans.length * part.length);
      spans.forEach(({ weights }, s) => part.forEach((row, i) => (rowWeights[s * part.length + i] = weights[row])));
      const sums = await this.session.columnSums(this.state, layer, part.map((row) => start + row), rowWeights);
      spans.forEach((_, s) => {
        for (let h = 0; h < nHeads; h++) {
          const from = (h * spans.length + s) * slots;
          for (let j = 0; j < columns; j++) attention[s][h * columns + j] += sums[from + j];
        }
      });
    }
    const values = this.state.cache.copyValues(layer, columns);
    const taps = this.state.taps[layer];
    const tap = start - this.state.firstRow;
    return spans.map((span, s) => ({
      columns,
      attention: attention[s],
      values,
      xMid: taps.xMid.weightedSum(tap, span.weights),
      xIn: taps.xIn.weightedSum(tap, span.weights),
    }));
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

/** Lets messages (a cancel, a token of a generation) in between two runs, which block the thread. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
