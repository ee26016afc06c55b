import { addLayerShares } from './layerShares';
import type { OutputProjection, TracerShape } from './outputProjection';
import type { SpanSource, WeightedRows } from './spanSource';

/** Computes importances (METHOD step 2) from what a `SpanSource` gives and a model's output projections. */
export class SpanTracer {
  constructor(
    readonly shape: TracerShape,
    private readonly projection: (layer: number) => Promise<OutputProjection>,
  ) {}

  /**
   * Importance of every token for each of the spans, summed over layers, [spans][nTokens].
   * @param onLayer called after each layer; may throw to stop
   */
  async importance(source: SpanSource, spans: readonly WeightedRows[], nTokens: number, threshold: number, onLayer: () => void): Promise<Float64Array[]> {
    const totals = spans.map(() => new Float64Array(nTokens));
    const normalised = spans.map(normalise);
    // One layer ahead: the session's thread works on the next layer while this one computes shares.
    let pending = source.layer(0, normalised);
    for (let l = 0; l < this.shape.nLayers; l++) {
      const layers = await pending;
      if (l + 1 < this.shape.nLayers) {
        pending = source.layer(l + 1, normalised);
        pending.catch(() => undefined); // reported when it is awaited
      }
      const projection = await this.projection(l);
      layers.forEach((layer, s) => addLayerShares(layer, projection, this.shape, threshold, totals[s]));
      onLayer();
    }
    return totals;
  }
}

function normalise({ start, weights }: WeightedRows): WeightedRows {
  const sum = weights.reduce((a, b) => a + b, 0) + 1e-12;
  return { start, weights: weights.map((w) => w / sum) };
}
