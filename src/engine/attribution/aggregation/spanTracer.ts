import { addLayerShares } from './layerShares';
import type { OutputProjection, TracerShape } from './outputProjection';
import type { ShareKernel } from './shareKernel';
import type { SourceLayer, SpanSource, WeightedRows } from './spanSource';

/** Layers that the session's thread may be ahead: its work varies with what attention is kept, this thread's does not. */
const LAYERS_AHEAD = 2;

/** Computes importances (METHOD step 2) from what a `SpanSource` gives and a model's output projections. */
export class SpanTracer {
  /** Memory of values that have been used. */
  private readonly spare: ArrayBuffer[] = [];

  constructor(
    readonly shape: TracerShape,
    private readonly kernel: ShareKernel,
    private readonly readProjection: (layer: number) => Promise<OutputProjection>,
  ) {}

  /**
   * Importance of every token for each of the spans, summed over layers, [spans][nTokens].
   * @param onLayer called after each layer; may throw to stop
   */
  async importance(source: SpanSource, spans: readonly WeightedRows[], nTokens: number, threshold: number, onLayer: () => void): Promise<Float64Array[]> {
    const nLayers = this.shape.length;
    const totals = spans.map(() => new Float64Array(nTokens));
    const normalised = spans.map(normalise);
    const ahead: Promise<SourceLayer>[] = [];
    const request = (layer: number): void => {
      const pending = source.layer(layer, normalised, this.spare.pop());
      pending.catch(() => undefined); // reported when it is awaited
      ahead.push(pending);
    };
    for (let l = 0; l < Math.min(LAYERS_AHEAD, nLayers); l++) request(l);
    for (let l = 0; l < nLayers; l++) {
      const { values, first, columns, spans: layerSpans } = await ahead.shift()!;
      while (!this.kernel.has(l)) this.kernel.admit(l, await this.readProjection(l)); // another trace may push it out meanwhile
      if (values) {
        this.kernel.load(l, values, columns);
        if (this.spare.length <= LAYERS_AHEAD) this.spare.push(values.buffer as ArrayBuffer);
      }
      if (l + LAYERS_AHEAD < nLayers) request(l + LAYERS_AHEAD);
      layerSpans.forEach((span, s) => {
        if (span.values) this.kernel.load(l, span.values, columns);
        addLayerShares(span, this.kernel, threshold, totals[s].subarray(first));
      });
      onLayer();
    }
    return totals;
  }
}

function normalise({ start, weights }: WeightedRows): WeightedRows {
  const sum = weights.reduce((a, b) => a + b, 0) + 1e-12;
  return { start, weights: weights.map((w) => w / sum) };
}
