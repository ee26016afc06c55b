import type { CutGroup, CutPassage, CutResult } from '../../../concepts/cuts';
import { LEAST_DROP } from '../../../concepts/trials/verification';
import { leavesOf, type CutNode, type CutTree } from './cutTree';

export interface CutEffect {
  readonly drop: number;
  readonly targetDrop: number;
}

export interface CutMeasuring {
  /** Hides each by itself. */
  readonly measure: (cuts: readonly Pick<CutNode, 'hidden'>[]) => Promise<CutEffect[]>;
  /** What a cut takes, in runs of the whole transcript. */
  readonly cost: (cut: Pick<CutNode, 'hidden'>) => number;
  /** How much all may take together; the best few sentences are looked at whatever they take. */
  readonly budget: number;
}

/** Sentences that a trace puts first, looked at first. */
const LEAD = 8;
/** Cuts between two looks at what came of them. */
const TOGETHER = 8;
/** Sentences whose words are looked at. */
const WORDS_OF = 3;
/** A sentence's words are looked at where it does at least this part of what the best one does. */
const WORTH_WORDS = 0.25;
/** Single passages hardly do anything where the best does less than this part of what all do. */
const HARDLY = 0.25;
/** A group that does this part of what all do suffices. */
const SUFFICES = 0.5;

/**
 * Hides passages, coarse to fine: the sentences that the trace puts first; then, where the budget has no room for every sentence by itself, paragraphs and parts of the text, and within
 * those that do something that is not accounted for yet their parts, down to sentences; last the words of the best sentences. Parts of opposite effect that cancel out are not found
 * unless the budget has room for all.
 */
export class CutSearch {
  private readonly effects = new Map<CutNode, CutEffect>();
  private words: readonly CutNode[] = [];
  private allDrop: number | null = null;
  private together: CutGroup | null = null;
  private spent = 0;

  constructor(private readonly tree: CutTree, private readonly measuring: CutMeasuring) {}

  /** Looks further, and tells what is known after each few cuts. */
  async *run(): AsyncGenerator<CutResult> {
    const { budget, cost } = this.measuring;
    const byScore = [...this.tree.sentences].sort((a, b) => b.score - a.score || a.tokens.start - b.tokens.start);
    const everything = byScore.reduce((sum, node) => sum + cost(node), 0);
    for (let next = this.take(byScore.slice(0, LEAD), true); next.length > 0; next = []) {
      await this.look(next);
      yield this.result(false);
    }
    if (byScore.length > 1) this.allDrop = (await this.measureTogether(byScore)).drop;
    if (everything <= budget) {
      for (let next = this.take(byScore); next.length > 0; next = this.take(byScore)) {
        await this.look(next);
        yield this.result(false);
      }
    } else {
      for (let next = this.take(this.candidates()); next.length > 0; next = this.take(this.candidates())) {
        await this.look(next);
        yield this.result(false);
      }
    }
    this.together = await this.findTogether(byScore);
    for (const sentence of this.worthWords()) {
      const words = this.tree.words(sentence);
      if (words.length < 2 || this.spent + words.reduce((sum, word) => sum + cost(word), 0) > budget) continue;
      await this.look(words);
      this.words = [...this.words, ...words];
      yield this.result(false);
    }
    yield this.result(true);
  }

  /** What is known now. */
  result(isComplete: boolean): CutResult {
    const { sentences, roots } = this.tree;
    const shown = [...sentences.filter((node) => this.effects.has(node)), ...this.words, ...this.coarse(roots)];
    return {
      passages: shown.map((node) => this.passage(node)).sort((a, b) => b.drop - a.drop || a.tokens.start - b.tokens.start),
      measured: sentences.filter((node) => this.effects.has(node)).length,
      sentences: sentences.length,
      allDrop: this.allDrop,
      together: this.together,
      prefills: this.spent,
      isComplete,
    };
  }

  /** What every token is given: the drop of the smallest passage around it that is known, in equal parts; that of a sentence as its words divide it. @returns [nTokens], in nats */
  scores(nTokens: number): Float64Array {
    const scores = new Float64Array(nTokens);
    const spread = (nodes: readonly CutNode[], drop: number): void => {
      const count = nodes.reduce((sum, { tokens: { start, end } }) => sum + end - start, 0);
      for (const { tokens: { start, end } } of nodes) scores.fill(drop / count, start, end);
    };
    for (const node of this.coarse(this.tree.roots)) spread(this.unseen(node), this.unexplained(node));
    for (const sentence of this.tree.sentences) {
      const effect = this.effects.get(sentence);
      if (!effect) continue;
      const words = this.words.filter(({ tokens }) => sentence.tokens.start <= tokens.start && tokens.end <= sentence.tokens.end).map((word) => ({ word, drop: Math.max(0, this.effects.get(word)!.drop) }));
      const all = words.reduce((sum, { drop }) => sum + drop, 0);
      if (all === 0) spread([sentence], effect.drop);
      else for (const { word, drop } of words) spread([word], (effect.drop * drop) / all);
    }
    return scores;
  }

  private passage(node: CutNode): CutPassage {
    const { text, range, tokens, level } = node;
    const { drop, targetDrop } = this.effects.get(node)!;
    const known = this.known(node.parts);
    return { text, range, tokens, level, drop: drop - known.drop, targetDrop: targetDrop - known.targetDrop };
  }

  private async look(nodes: readonly CutNode[]): Promise<void> {
    this.spend(nodes);
    (await this.measuring.measure(nodes)).forEach((effect, i) => this.effects.set(nodes[i], effect));
  }

  private async measureTogether(nodes: readonly CutNode[]): Promise<CutEffect> {
    const group = { hidden: nodes.flatMap(({ hidden }) => hidden).sort((a, b) => a.start - b.start) };
    this.spend([group]);
    return (await this.measuring.measure([group]))[0];
  }

  private spend(cuts: readonly Pick<CutNode, 'hidden'>[]): void {
    this.spent += cuts.reduce((sum, cut) => sum + this.measuring.cost(cut), 0);
  }

  /** The next few that nobody has looked at, as far as the budget goes. @param always whatever they take */
  private take(nodes: readonly CutNode[], always = false): CutNode[] {
    const taken: CutNode[] = [];
    let spent = this.spent;
    for (const node of nodes) {
      if (taken.length === TOGETHER) break;
      if (this.effects.has(node)) continue;
      spent += this.measuring.cost(node);
      if (!always && spent > this.measuring.budget) break;
      taken.push(node);
    }
    return taken;
  }

  /** What to look at next: parts of what does something that is not accounted for, the most first; before them what nothing is known of. */
  private candidates(): CutNode[] {
    const found: { readonly node: CutNode; readonly priority: number }[] = [];
    const visit = (nodes: readonly CutNode[], priority: number): void => {
      for (const node of nodes) {
        const unseen = this.unseen(node);
        if (unseen.length === 0) continue;
        if (this.effects.has(node)) visit(node.parts, Math.abs(this.unexplained(node)));
        else if (priority > LEAST_DROP) found.push({ node: unseen.length === 1 ? unseen[0] : node, priority });
      }
    };
    visit(this.tree.roots, Infinity);
    return found.sort((a, b) => (a.priority === b.priority ? b.node.score - a.node.score : b.priority - a.priority)).map(({ node }) => node);
  }

  /** Sentences of a node that were not hidden by themselves. */
  private unseen(node: CutNode): CutNode[] {
    return leavesOf([node]).filter((leaf) => !this.effects.has(leaf));
  }

  /** What a node does beyond the parts of it that are known. */
  private unexplained(node: CutNode): number {
    return this.effects.get(node)!.drop - this.known(node.parts).drop;
  }

  /** Of parts, as far as they were hidden by themselves or with others. */
  private known(parts: readonly CutNode[]): CutEffect {
    return parts.reduce((sum, part) => {
      const { drop, targetDrop } = this.effects.get(part) ?? this.known(part.parts);
      return { drop: sum.drop + drop, targetDrop: sum.targetDrop + targetDrop };
    }, { drop: 0, targetDrop: 0 });
  }

  /** The smallest nodes that were looked at and hold sentences that were not. */
  private coarse(nodes: readonly CutNode[]): CutNode[] {
    return nodes.flatMap((node): CutNode[] => {
      if (node.parts.length === 0 || this.unseen(node).length === 0) return [];
      const inside = this.coarse(node.parts);
      const covered = new Set(leavesOf(inside));
      return this.effects.has(node) && this.unseen(node).some((leaf) => !covered.has(leaf)) ? [...inside, node] : inside;
    });
  }

  private worthWords(): CutNode[] {
    const known = this.tree.sentences.filter((node) => this.effects.has(node)).map((node) => ({ node, drop: this.effects.get(node)!.drop })).sort((a, b) => b.drop - a.drop);
    return known.slice(0, WORDS_OF).filter(({ drop }) => drop > LEAST_DROP && drop >= WORTH_WORDS * known[0].drop).map(({ node }) => node);
  }

  /** Where single ones do hardly anything and all do: the fewest of those that the trace puts first which suffice, by doubling. */
  private async findTogether(byScore: readonly CutNode[]): Promise<CutGroup | null> {
    const { allDrop } = this;
    const best = Math.max(...[...this.effects.values()].map(({ drop }) => drop));
    if (allDrop === null || allDrop <= 2 * LEAST_DROP || best >= HARDLY * allDrop) return null;
    for (let count = 2; count < byScore.length; count *= 2) {
      const nodes = byScore.slice(0, count);
      const { drop } = await this.measureTogether(nodes);
      if (drop >= SUFFICES * allDrop) return { passages: nodes.map(({ text, range, tokens }) => ({ text, range, tokens })), drop };
    }
    return null;
  }
}
