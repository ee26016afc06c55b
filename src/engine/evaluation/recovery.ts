import { splitPassages } from '../../shared/passages';
import type { CharRange } from '../../shared/ranges';
import type { TokenizedTranscript } from '../../shared/transcript';

/** How well scores find known evidence. */
export interface Recovery {
  /** Gold tokens among the top tenth of the prompt's tokens, as a part of all gold tokens. */
  readonly recovery: number;
  /** The most that `recovery` could be: gold tokens may be more than a tenth of the prompt's. */
  readonly ceiling: number;
  /** 1 when the best-scored sentence of the prompt, the question left out, is evidence; else 0. */
  readonly firstSource: number;
}

/** What of a prompt is evidence, in tokens and in sentences; the same for every method that is scored on it. */
export class EvidenceMap {
  /** The prompt's own tokens; template tokens are nobody's evidence. */
  private readonly own: readonly number[];
  private readonly gold: ReadonlySet<number>;
  readonly sentences: readonly { readonly tokens: readonly number[]; readonly gold: boolean }[];

  constructor({ tokens, promptLength }: TokenizedTranscript, evidence: readonly CharRange[], question: CharRange | null) {
    const touches = (range: CharRange | null, places: readonly CharRange[]) => range !== null && places.some(({ start, end }) => range.start < end && start < range.end);
    this.own = tokens.flatMap(({ region }, i) => (i < promptLength && region === 'prompt' ? [i] : []));
    this.gold = new Set(this.own.filter((i) => touches(tokens[i].range, evidence)));
    this.sentences = splitPassages(tokens, promptLength, 'sentences')
      .filter(({ range }) => question === null || !touches(range, [question]))
      .map(({ tokens: { start, end }, range }) => ({ tokens: Array.from({ length: end - start }, (_, i) => start + i), gold: touches(range, evidence) }));
  }

  /** @param scores one a token of the transcript; ties keep the prompt's order */
  recovery(scores: ArrayLike<number>): Recovery {
    const count = Math.max(1, Math.round(this.own.length / 10));
    const top = [...this.own].sort((a, b) => scores[b] - scores[a]).slice(0, count);
    const sums = this.sentences.map(({ tokens }) => tokens.reduce((sum, i) => sum + scores[i], 0));
    const best = sums.reduce((first, sum, i) => (sum > sums[first] ? i : first), 0);
    return {
      recovery: top.filter((i) => this.gold.has(i)).length / this.gold.size,
      ceiling: Math.min(1, count / this.gold.size),
      firstSource: this.sentences[best]?.gold ? 1 : 0,
    };
  }
}
