import type { ContributionRow } from '../../state/contributionRow';
import type { SpanSource } from '../aggregation/spanSource';
import type { AttributionMethod } from './attributionMethod';
import { recurse, type Hop } from './hopRecursion';

/** What moved the logits of the produced tokens, hop by hop. */
export const logitFlow: AttributionMethod = {
  passes: ({ hops }) => hops + 1,
  reads: 'contributions',
  rowShift: 1,
  trace: ({ job, target, source }) => {
    const flow = new LogitFlow(source, job.nTokens, job.contrast ? { token: target.start, row: job.contrast } : null);
    // The sentence that states the answer has almost all of the score: as they are, the steps that led to it would have no say.
    return recurse(job, target, flow.hop, Math.sqrt);
  },
};

/** Logit flow (docs/methods.md) from a source of contribution rows: a hop is a sum of M rows of N numbers. */
export class LogitFlow {
  private readonly rows = new Map<number, ContributionRow>();

  /** @param contrast in place of the first hop's row: a target of one token, traced against another token */
  constructor(private readonly source: SpanSource, private readonly nTokens: number, contrast: { readonly token: number; readonly row: ContributionRow } | null = null) {
    // No later hop reads it: a token has no weight on itself, nor on those before it.
    if (contrast) this.rows.set(contrast.token, contrast.row);
  }

  /**
   * Importance: the weighted mean of the tokens' rows, each as the part of what raised the token's logit that a column gave. Against: what lowered the
   * logits of the tokens, and what raised those of tokens that did so. Both in one pass, and without a branch: which sign a number has is anyone's
   * guess, and guessing wrong half of the time takes longer than all else. `x + |x|` is twice what is positive, exactly.
   */
  readonly hop: Hop = async (span, weights, incoming, lowering) => {
    const asked = Array.from(weights.keys()).filter((i) => weights[i] !== 0 || lowering[i] !== 0);
    await this.read(asked.map((i) => span.start + i));
    const importance = new Float64Array(this.nTokens);
    const against = new Float64Array(this.nTokens);
    let weight = 1e-12;
    for (const w of weights) weight += w;
    for (const i of asked) {
      const { moved, raised, lowered } = this.rows.get(span.start + i)!;
      const w = weights[i] / weight;
      const gave = w / (raised + 1e-12) / 2;
      const took = (w * incoming) / (Math.max(raised, lowered) + 1e-12) / 2;
      const ledAgainst = lowering[i] / (raised + 1e-12) / 2;
      for (let j = 0; j < moved.length; j++) {
        const x = moved[j];
        const size = Math.abs(x);
        importance[j] += gave * (x + size);
        against[j] += ledAgainst * (x + size) + took * (size - x);
      }
    }
    return { importance, against };
  };

  private async read(tokens: readonly number[]): Promise<void> {
    const missing = tokens.filter((token) => !this.rows.has(token));
    if (missing.length > 0) (await this.source.contributions(missing)).forEach((row, i) => this.rows.set(missing[i], row));
  }
}
