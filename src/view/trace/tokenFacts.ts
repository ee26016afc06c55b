import { contains } from '../../concepts/ranges';
import { sideOf, type Side } from '../../concepts/side';
import type { TokenKind, TokenRegion } from '../../concepts/transcript';
import { againstOfHop, scoresOfHop, type HopChoice } from './hopScores';
import { againstTotals } from './totals';
import type { TraceView } from './traceView';

/** Everything that a hover says about one token. */
export interface TokenFacts {
  readonly token: number;
  readonly text: string;
  readonly kind: TokenKind;
  readonly region: TokenRegion;
  /** Inside the traced span, where there is nothing to attribute. */
  readonly isTarget: boolean;
  readonly score: number;
  /** The side that `share` and `rank` refer to: the prompt, or the generation outside the target. */
  readonly side: Side;
  /** Part of the side's total score, 0 to 1. */
  readonly share: number;
  /** 1 for the highest score of the side; equal scores share a rank. Null without a score. */
  readonly rank: number | null;
  /** Number of tokens on the side. */
  readonly rankedOf: number;
  /** The score that each hop contributes, hop 0 first. */
  readonly perHop: readonly number[];
  /** What worked against the target here; null inside it and where the trace does not tell. */
  readonly against: AgainstFacts | null;
  /** P(token | everything before it); null for prompt tokens. */
  readonly probability: number | null;
}

export interface AgainstFacts {
  readonly score: number;
  /** Part of what worked against the target on the token's side, 0 to 1. */
  readonly share: number;
  /** Hop 0 first. */
  readonly perHop: readonly number[];
}

/** @param i absolute token position @param hop the scores that score, share and rank refer to */
export function tokenFacts(view: TraceView, i: number, hop: HopChoice = 'all'): TokenFacts {
  const scores = scoresOfHop(view, hop);
  const { text, kind, region, probability } = view.tokens[i];
  const side = sideOf(view, i);
  const isTarget = contains(view.target, i);
  const onSide = scores.filter((_, j) => sideOf(view, j) === side && !contains(view.target, j));
  const total = onSide.reduce((sum, score) => sum + score, 0);
  const hasRank = !isTarget && scores[i] > 0;
  return {
    token: i,
    text,
    kind,
    region,
    isTarget,
    score: isTarget ? 0 : scores[i],
    side,
    share: hasRank ? scores[i] / total : 0,
    rank: hasRank ? 1 + onSide.filter((score) => score > scores[i]).length : null,
    rankedOf: onSide.length,
    perHop: view.hopScores.map((hopScores) => (isTarget ? 0 : hopScores[i])),
    against: isTarget ? null : againstFacts(view, i, hop),
    probability,
  };
}

function againstFacts(view: TraceView, i: number, hop: HopChoice): AgainstFacts | null {
  const against = againstOfHop(view, hop);
  if (!against) return null;
  const score = against[i];
  return { score, share: score > 0 ? score / againstTotals(view, hop)[sideOf(view, i)] : 0, perHop: view.hopAgainst?.map((numbers) => numbers[i]) ?? [] };
}
