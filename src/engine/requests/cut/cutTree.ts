import type { CutPassage } from '../../../concepts/cuts';
import { splitPassages, type Passage } from '../../../concepts/passages';
import type { TokenRange } from '../../../concepts/ranges';
import { ownTexts } from '../../../concepts/tokenText';
import type { TranscriptToken } from '../../../concepts/transcript';

/** A passage that can be hidden, and those that it is made of. */
export interface CutNode extends Passage {
  readonly level: CutPassage['level'];
  /** Its tokens without those of the template in between. */
  readonly hidden: readonly TokenRange[];
  /** None of a sentence or word. */
  readonly parts: readonly CutNode[];
  /** What the trace gave its tokens. */
  readonly score: number;
}

/** Parts of a node at most: where there are more, neighbours are joined. */
const MOST_PARTS = 6;

/** Passages of a transcript, from paragraphs down to words. */
export class CutTree {
  readonly roots: readonly CutNode[];
  /** In the order of the text. */
  readonly sentences: readonly CutNode[];
  private readonly texts: readonly string[];

  /** @param scores of a trace, by token; what is not before the target cannot be hidden from it */
  constructor(private readonly tokens: readonly TranscriptToken[], private readonly promptLength: number, private readonly target: TokenRange, private readonly scores: ArrayLike<number>) {
    this.texts = ownTexts(tokens);
    this.roots = this.grouped((['prompt', 'generation'] as const).flatMap((side) => {
      const sentences = this.split('sentences', side);
      return splitPassages(tokens, promptLength, 'paragraphs', side).flatMap((paragraph): CutNode[] => {
        const inside = sentences.filter(({ tokens: { start } }) => paragraph.tokens.start <= start && start < paragraph.tokens.end);
        return inside.length <= 1 ? inside : [this.joined(this.grouped(inside), 'paragraphs')];
      });
    }));
    this.sentences = leavesOf(this.roots);
  }

  /** The words of a sentence. */
  words({ tokens: { start, end } }: CutNode): CutNode[] {
    return this.split('words', start < this.promptLength ? 'prompt' : 'generation').filter(({ tokens }) => start <= tokens.start && tokens.end <= end);
  }

  private split(level: 'sentences' | 'words', side: 'prompt' | 'generation'): CutNode[] {
    return splitPassages(this.tokens, this.promptLength, level, side)
      .filter(({ tokens: { end } }) => end <= this.target.start)
      .map((passage) => ({ ...passage, level, hidden: [passage.tokens], parts: [], score: this.scoreOf(passage.tokens) }));
  }

  private scoreOf({ start, end }: TokenRange): number {
    let sum = 0;
    for (let i = start; i < end; i++) sum += Math.max(0, this.scores[i]);
    return sum;
  }

  /** Nodes in a row, or as few parts of neighbours. */
  private grouped(nodes: readonly CutNode[]): readonly CutNode[] {
    if (nodes.length <= MOST_PARTS) return nodes;
    const size = Math.ceil(nodes.length / Math.ceil(nodes.length / MOST_PARTS));
    const parts: CutNode[] = [];
    for (let start = 0; start < nodes.length; start += size) {
      const part = nodes.slice(start, start + size);
      parts.push(part.length === 1 ? part[0] : this.joined(part, 'part'));
    }
    return this.grouped(parts);
  }

  private joined(parts: readonly CutNode[], level: CutNode['level']): CutNode {
    const tokens = { start: parts[0].tokens.start, end: parts[parts.length - 1].tokens.end };
    return {
      text: this.texts.slice(tokens.start, tokens.end).join('').trim(),
      range: { start: Math.min(...parts.map(({ range }) => range.start)), end: Math.max(...parts.map(({ range }) => range.end)) },
      tokens,
      level,
      hidden: this.withoutTemplate(parts.flatMap(({ hidden }) => hidden)),
      parts,
      score: parts.reduce((sum, { score }) => sum + score, 0),
    };
  }

  /** Ranges joined with what lies between them, but across turns. */
  private withoutTemplate(ranges: readonly TokenRange[]): TokenRange[] {
    const joined: TokenRange[] = [];
    for (const range of ranges) {
      const before = joined.at(-1);
      const isSameTurn = before !== undefined && this.tokens.slice(before.end, range.start).every(({ region }) => region === this.tokens[range.start].region);
      if (isSameTurn && this.tokens[before.start].region === this.tokens[range.start].region) joined[joined.length - 1] = { start: before.start, end: range.end };
      else joined.push(range);
    }
    return joined;
  }
}

export function leavesOf(nodes: readonly CutNode[]): CutNode[] {
  return nodes.flatMap((node) => (node.parts.length === 0 ? [node] : leavesOf(node.parts)));
}
