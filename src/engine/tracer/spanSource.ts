import type { SpanLayer } from './layerShares';

/** A weighted span of rows, in absolute positions. */
export interface WeightedRows {
  /** first position */
  readonly start: number;
  /** one weight a row, summing to 1 */
  readonly weights: Float64Array;
}

/**
 * Gives the tracer its layers. The session's thread owns the attention (`a`), the residual rows and the values; the
 * tracer's thread owns the output projections and the recursion.
 */
export interface SpanSource {
  /** The layer's inputs for each of the spans, which cover the same rows (a span trace asks for one, a token-wise one for all its rows). */
  layer(layer: number, spans: readonly WeightedRows[]): Promise<readonly SpanLayer[]>;
}
