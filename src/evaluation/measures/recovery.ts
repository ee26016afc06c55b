import { splitPassages } from '../../concepts/passages';
import type { CharRange } from '../../concepts/ranges';
import type { TokenizedTranscript } from '../../concepts/transcript';

/** How well scores find known evidence. */
export interface Recovery {
  /** Gold tokens among the top tenth of the prompt's tokens, as a part of all gold tokens. */
  readonly recovery: number;
  /** The same with the question's tokens left out before the ranking: an answer rests on them, and they are nobody's gold. */
  readonly recoveryBesideQuestion: number;
  /** The most that `recovery` could be: gold tokens may be more than a tenth of the prompt's. */
  readonly ceiling: number;
  /** 1 when the best-scored sentence of the prompt, the question left out, is evidence; else 0. */
  readonly firstSource: number;
  /** Evidence among as many best-scored sentences as there are sentences of evidence, as a part of these; the question left out. */
  readonly allSources: number;
}

/** What of a prompt is evidence, in tokens and in sentences; the same for every method that is scored on it. */
export class EvidenceMap {
  /** The prompt's own tokens; template tokens are nobody's evidence. */
  private readonly own: readonly number[];
  private readonly gold: ReadonlySet<number>;
  private readonly asked: ReadonlySet<number>;
  /** Every sentence of the prompt: a method is not told which is the question. */
  readonly sentences: readonly { readonly tokens: readonly number[]; readonly isGold: boolean; readonly isQuestion: boolean }[];

  constructor({ tokens, promptLength }: TokenizedTranscript, evidence: readonly CharRange[], question: CharRange | null) {
    const touches = (range: CharRange | null, places: readonly CharRange[]) => range !== null && places.some(({ start, end }) => range.start < end && start < range.end);
    this.own = tokens.flatMap(({ region }, i) => (i < promptLength && region === 'prompt' ? [i] : []));
    this.gold = new Set(this.own.filter((i) => touches(tokens[i].range, evidence)));
    this.asked = new Set(this.own.filter((i) => question !== null && touches(tokens[i].range, [question])));
    this.sentences = splitPassages(tokens, promptLength, 'sentences').map(({ tokens: { start, end }, range }) => ({
      tokens: Array.from({ length: end - start }, (_, i) => start + i),
      isGold: touches(range, evidence),
      isQuestion: question !== null && touches(range, [question]),
    }));
  }

  /** @param scores one a token of the transcript; ties keep the prompt's order */
  recovery(scores: ArrayLike<number>): Recovery {
    const ranked = [...this.own].sort((a, b) => scores[b] - scores[a]);
    const count = tenth(ranked);
    const found = (tokens: readonly number[]) => tokens.slice(0, tenth(tokens)).filter((i) => this.gold.has(i)).length / this.gold.size;
    const sources = this.sentences.filter(({ isQuestion }) => !isQuestion);
    const sum = ({ tokens }: (typeof sources)[number]) => tokens.reduce((total, i) => total + scores[i], 0);
    const best = sources.map((source) => ({ ...source, sum: sum(source) })).sort((a, b) => b.sum - a.sum);
    const gold = best.filter(({ isGold }) => isGold).length;
    return {
      recovery: found(ranked),
      recoveryBesideQuestion: found(ranked.filter((i) => !this.asked.has(i))),
      ceiling: Math.min(1, count / this.gold.size),
      firstSource: best[0]?.isGold ? 1 : 0,
      allSources: gold > 0 ? best.slice(0, gold).filter(({ isGold }) => isGold).length / gold : 0,
    };
  }
}

function tenth(tokens: readonly number[]): number {
  return Math.max(1, Math.round(tokens.length / 10));
}
