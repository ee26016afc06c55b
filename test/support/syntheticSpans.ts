import { outputProjection, type LayerShape, type TracerShape } from '../../src/engine/attribution/aggregation/outputProjection';
import type { SourceLayer, SpanSource, WeightedRows } from '../../src/engine/attribution/aggregation/spanSource';
import { contributionRow, type ContributionRow } from '../../src/engine/state/contributionRow';
import type { OracleLayer } from './bruteForce';
import { seededNormal, seededUniform } from './seededRandom';

/** Layers of the same shape. */
export function sameLayers(nLayers: number, shape: LayerShape): TracerShape {
  return new Array<LayerShape>(nLayers).fill(shape);
}

/** What a run of a model could have left behind, made of seeded numbers, and a source that answers from it by the definition, in fp64. */
export class SyntheticSpans implements SpanSource {
  readonly layers: readonly OracleLayer[];
  /** By token: what moved its logit. */
  readonly rows: readonly ContributionRow[];
  /** What was asked for, in order. */
  readonly asked: { readonly layer: number; readonly spans: readonly WeightedRows[]; readonly spare?: ArrayBuffer }[] = [];
  readonly askedRows: (readonly number[])[] = [];

  constructor(readonly shape: TracerShape, readonly nTokens: number, seed: number) {
    const normal = seededNormal(seed);
    const uniform = seededUniform(seed + 1);
    const matrix = (rows: number, width: number) => Array.from({ length: rows }, () => Float64Array.from({ length: width }, () => Math.fround(normal())));
    this.layers = shape.map(({ nHeads, nKvHeads, dHead, dModel }): OracleLayer => {
      const v = Array.from({ length: nKvHeads }, () => matrix(nTokens, dHead));
      return {
        xIn: matrix(nTokens, dModel), xMid: matrix(nTokens, dModel), output: matrix(dModel, nHeads * dHead),
        v: Array.from({ length: nHeads }, (_, h) => v[Math.floor((h * nKvHeads) / nHeads)]),
        pattern: Array.from({ length: nHeads }, () => Array.from({ length: nTokens }, (_, i) => attentionRow(uniform, i, nTokens))),
      };
    });
    this.rows = Array.from({ length: nTokens }, (_, token) => contributionRow(Float32Array.from({ length: token }, () => normal())));
  }

  projection(layer: number) {
    return outputProjection(Float32Array.from(this.layers[layer].output.flatMap((row) => Array.from(row))), null, this.shape[layer]);
  }

  layer(layer: number, spans: readonly WeightedRows[], spare?: ArrayBuffer): Promise<SourceLayer> {
    this.asked.push({ layer, spans, spare });
    const { pattern, xIn, xMid, v } = this.layers[layer];
    const { nHeads, nKvHeads } = this.shape[layer];
    const { start, weights: { length } } = spans[0];
    const columns = start + length;
    const sum = (rows: readonly Float64Array[], weights: Float64Array) => rows[0].map((_, d) => weights.reduce((acc, weight, i) => acc + weight * rows[start + i][d], 0));
    return Promise.resolve({
      first: 0,
      columns,
      values: Float32Array.from(Array.from({ length: columns }, (_, j) => Array.from({ length: nKvHeads }, (_unused, g) => Array.from(v[(g * nHeads) / nKvHeads][j]))).flat(2)),
      spans: spans.map(({ weights }) => ({
        attention: Float32Array.from(pattern.flatMap((rows) => Array.from(sum(rows, weights).subarray(0, columns)))),
        xMid: sum(xMid, weights), xIn: sum(xIn, weights),
      })),
    });
  }

  contributions(tokens: readonly number[]): Promise<readonly ContributionRow[]> {
    this.askedRows.push(tokens);
    return Promise.resolve(tokens.map((token) => this.rows[token]));
  }
}

/** Causal, summing to 1. */
function attentionRow(uniform: () => number, i: number, nTokens: number): Float64Array<ArrayBuffer> {
  const row = Float64Array.from({ length: nTokens }, (_, j) => (j > i ? 0 : uniform() ** 2));
  const total = row.reduce((a, b) => a + b, 0);
  return row.map((x) => x / total);
}
