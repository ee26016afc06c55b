import { splitPassages, type Granularity } from '../../concepts/passages';
import { contains, type CharRange, type TokenRange } from '../../concepts/ranges';
import { sideOf, type Side } from '../../concepts/side';
import { ownTexts } from '../../concepts/tokenText';
import type { TokenRegion } from '../../concepts/transcript';
import { againstOfHop, scoresOfHop, type HopChoice } from './hopScores';
import { againstTotals, sideTotals } from './totals';
import { tokensRange, type TraceView } from './traceView';
import { groupWords } from './words';

/** A word of the prompt or the generation with the score of its tokens together. */
export interface TraceSource {
  readonly tokens: TokenRange;
  /** Without surrounding white space, except where the word is nothing else. */
  readonly text: string;
  /** Up to `CONTEXT_LENGTH` characters of text on either side. */
  readonly before: string;
  readonly after: string;
  readonly region: TokenRegion;
  readonly score: number;
  /** Part of the side's total score, 0 to 1. */
  readonly share: number;
  /** Where the word stands in the document; null for template tokens. */
  readonly range: CharRange | null;
}

export interface SourceOptions {
  readonly hop?: HopChoice;
  readonly side: Side;
  readonly limit: number;
  /** Without one: words, with their surroundings. */
  readonly granularity?: Granularity;
  /** Chat template tokens are left out unless this is set: they take mass, but nobody wrote them. */
  readonly includeTemplate?: boolean;
}

const CONTEXT_LENGTH = 40;

/** The highest-scored words of one side, highest first, the earlier word first where scores are equal. */
export function topSources(view: TraceView, options: SourceOptions): TraceSource[] {
  const { hop = 'all', side, limit, granularity, includeTemplate = false } = options;
  const scores = scoresOfHop(view, hop);
  const total = sideTotals(view, hop)[side];
  return granularity ? rankPassages(view, scores, total, { side, limit, granularity }) : rankWords(view, scores, total, { side, limit, includeTemplate });
}

/** By the score of their tokens together; those of the target have none. */
function rankPassages(view: TraceView, scores: readonly number[], total: number, { side, limit, granularity }: SourceOptions & { readonly granularity: Granularity }): TraceSource[] {
  const outside = scores.map((score, i) => (contains(view.target, i) ? 0 : score));
  return splitPassages(view.tokens, view.promptLength, granularity, side)
    .map(({ tokens, text, range }): TraceSource => {
      const score = sum(outside, tokens);
      return { tokens, text, before: '', after: '', region: view.tokens[tokens.start].region, score, share: score / total, range };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.tokens.start - b.tokens.start)
    .slice(0, limit);
}

/** Words that worked against the target more than for it, by how much they did; shares are of all that worked against it on the side. */
export function topOpponents(view: TraceView, { hop = 'all', side, limit, includeTemplate = false }: SourceOptions): TraceSource[] {
  const scores = scoresOfHop(view, hop);
  const against = againstOfHop(view, hop);
  if (!against) return [];
  return rankWords(view, against, againstTotals(view, hop)[side], { side, limit, includeTemplate }, (tokens, score) => score > sum(scores, tokens));
}

/** @param total what shares are parts of */
function rankWords(view: TraceView, numbers: readonly number[], total: number, { side, limit, includeTemplate }: SourceOptions, isListed: (tokens: TokenRange, score: number) => boolean = () => true): TraceSource[] {
  const ranked = groupWords(view)
    .filter(({ start }) => sideOf(view, start) === side && !contains(view.target, start))
    .filter(({ start }) => includeTemplate || view.tokens[start].region !== 'template')
    .map((tokens) => ({ tokens, score: sum(numbers, tokens) }))
    .filter(({ tokens, score }) => score > 0 && isListed(tokens, score))
    .sort((a, b) => b.score - a.score || a.tokens.start - b.tokens.start)
    .slice(0, limit);
  const texts = ownTexts(view.tokens);
  return ranked.map(({ tokens, score }) => describeSource(view, texts, tokens, score, score / total));
}

function describeSource(view: TraceView, texts: readonly string[], tokens: TokenRange, score: number, share: number): TraceSource {
  const whole = texts.slice(tokens.start, tokens.end).join('');
  const text = whole.trim() || whole;
  const lead = whole.slice(0, whole.indexOf(text));
  const trail = whole.slice(lead.length + text.length);
  const { region } = view.tokens[tokens.start];
  return {
    tokens,
    text,
    before: collect(view, texts, tokens.start, -1, region).concat(lead).slice(-CONTEXT_LENGTH),
    after: trail.concat(collect(view, texts, tokens.end - 1, 1, region)).slice(0, CONTEXT_LENGTH),
    region,
    score,
    share,
    range: tokensRange(view, tokens),
  };
}

/** Text next to token `from` in one direction, as far as the region reaches and the context needs. */
function collect(view: TraceView, texts: readonly string[], from: number, step: 1 | -1, region: TokenRegion): string {
  let text = '';
  for (let i = from + step; view.tokens[i]?.region === region && text.length < CONTEXT_LENGTH; i += step) {
    text = step === 1 ? text + texts[i] : texts[i] + text;
  }
  return text;
}

function sum(scores: readonly number[], { start, end }: TokenRange): number {
  let total = 0;
  for (let i = start; i < end; i++) total += scores[i];
  return total;
}
