import type { TokenRange } from '../../shared/ranges';
import type { SpanSource } from './spanSource';
import type { Hop } from './trace';

/** What one token's contributions come to. */
interface Row {
  readonly moved: Float32Array;
  /** Sum of the positive ones. */
  readonly raised: number;
  /** The larger of that and the sum of the negative ones. */
  readonly bound: number;
}

/**
 * Logit flow (docs/methods.md) from a source of contribution rows. They are asked for once for the widest span; every further hop is a sum of M
 * rows of N numbers.
 */
export class LogitFlow {
  private readonly rows = new Map<number, Row>();

  /** @param contrast in place of the first hop's row: a target of one token, traced against another token */
  constructor(private readonly source: SpanSource, private readonly nTokens: number, contrast: { readonly token: number; readonly row: Float32Array } | null = null) {
    // No later hop reads it: a token has no weight on itself, nor on those before it.
    if (contrast) this.rows.set(contrast.token, rowOf(contrast.row));
  }

  /**
   * Importance: the weighted mean of the tokens' rows, each as the part of what raised the token's logit that a column gave. Against: what lowered the
   * logits of the tokens, and what raised those of tokens that did so. Both in one pass: M rows of N numbers a hop.
   */
  readonly hop: Hop = async (span, weights, incoming, lowering) => {
    await this.read(span);
    const importance = new Float64Array(this.nTokens);
    const against = new Float64Array(this.nTokens);
    let weight = 1e-12;
    for (const w of weights) weight += w;
    weights.forEach((w, i) => {
      if (w === 0 && lowering[i] === 0) return;
      const { moved, raised, bound } = this.rows.get(span.start + i)!;
      const gave = w / weight / (raised + 1e-12);
      const lowered = ((w / weight) * incoming) / (bound + 1e-12);
      const ledAgainst = lowering[i] / (raised + 1e-12);
      for (let j = 0; j < moved.length; j++) {
        const x = moved[j];
        if (x > 0) {
          importance[j] += gave * x;
          against[j] += ledAgainst * x;
        } else {
          against[j] -= lowered * x;
        }
      }
    });
    return { importance, against };
  };

  private async read(span: TokenRange): Promise<void> {
    const missing = { start: span.start, end: span.end };
    while (missing.start < missing.end && this.rows.has(missing.start)) missing.start++;
    while (missing.end > missing.start && this.rows.has(missing.end - 1)) missing.end--;
    if (missing.start < missing.end) {
      (await this.source.contributions(missing)).forEach((row, i) => {
        if (!this.rows.has(missing.start + i)) this.rows.set(missing.start + i, rowOf(row));
      });
    }
  }
}

function rowOf(moved: Float32Array): Row {
  let [raised, lowered] = [0, 0];
  for (const x of moved) {
    if (x > 0) raised += x;
    else lowered -= x;
  }
  return { moved, raised, bound: Math.max(raised, lowered) };
}
