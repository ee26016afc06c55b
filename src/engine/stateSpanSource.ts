import type { ModelSession } from './modelSession';
import type { SpanLayer } from './tracer/layerShares';
import type { SpanSource, WeightedRows } from './tracer/spanSource';
import type { TraceState } from './traceState';

/** Bytes of attention pattern that a block of rows may take. */
const PATTERN_BYTES = 64 << 20;

/** Answers the tracer from a trace state: attention column sums in blocks of rows, never an N x N pattern. */
export class StateSpanSource implements SpanSource {
  constructor(private readonly session: ModelSession, private readonly state: TraceState, private readonly checkCancelled: () => void) {}

  async layer(layer: number, spans: readonly WeightedRows[]): Promise<SpanLayer[]> {
    const { nHeads } = this.session.config;
    const { start, weights: { length: rows } } = spans[0];
    const slots = this.state.cache.slots;
    const columns = start + rows; // causal: nothing beyond the last row is seen
    const attention = spans.map(() => new Float32Array(nHeads * columns));
    const block = Math.max(1, Math.floor(PATTERN_BYTES / (4 * nHeads * slots)));
    for (let first = 0; first < rows; first += block) {
      await breathe();
      this.checkCancelled();
      const count = Math.min(block, rows - first);
      const rowWeights = new Float32Array(spans.length * count);
      spans.forEach((span, s) => rowWeights.set(span.weights.subarray(first, first + count), s * count));
      if (rowWeights.every((w) => w === 0)) continue;
      const sums = await this.session.columnSums(this.state, layer, start + first, count, rowWeights);
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

/** Lets messages (a cancel, a token of a generation) in between two runs, which block the thread. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
