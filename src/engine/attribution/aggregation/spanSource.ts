import type { ContributionRow } from '../../state/contributionRow';

/** A weighted span of rows, in absolute positions. */
export interface WeightedRows {
  /** first position */
  readonly start: number;
  /** one weight a row, summing to 1 */
  readonly weights: Float64Array;
}

/** One layer as a weighted span of rows sees it: what METHOD step 2 starts from. */
export interface LayerSpan {
  /** `a[h, j]`, weighted column sums of attention rows, [nHeads, columns], each row's scale in its weight; all ones where `values` has them. */
  readonly attention: Float32Array;
  /** Of layers whose rows have a gate, in place of the layer's: each column's value times the span's sum of attention and gate, [columns, nHeads, dHead]. */
  readonly values?: Float32Array;
  /** weighted residual stream after attention, [dModel] */
  readonly xMid: Float64Array;
  /** weighted residual stream before attention, [dModel] */
  readonly xIn: Float64Array;
}

/** One layer for spans that cover the same rows. */
export interface SourceLayer {
  /** Position of the first column that the spans can see: windows leave out what lies before. */
  readonly first: number;
  /** How many they see. */
  readonly columns: number;
  /** [columns, nKvHeads, dHead], with the value bias still in; null where spans have values of their own */
  readonly values: Float32Array | null;
  readonly spans: readonly LayerSpan[];
}

/**
 * Gives the tracer its layers. The session's thread owns the attention (`a`), the residual rows and the values; the
 * tracer's thread owns the output projections and the recursion.
 */
export interface SpanSource {
  /**
   * The layer's inputs for each of the spans (a span trace asks for one, a token-wise one for all its rows).
   * @param spare memory of an earlier answer's values, which may hold this one's: fresh memory costs more than the copy into it
   */
  layer(layer: number, spans: readonly WeightedRows[], spare?: ArrayBuffer): Promise<SourceLayer>;
  /** Logit-directed contributions to each of the tokens (positions), which must be there already. */
  contributions(tokens: readonly number[]): Promise<readonly ContributionRow[]>;
}
