import { contains } from '../../concepts/ranges';
import { sideOf, SIDES, type Side } from '../../concepts/side';
import { againstOfHop, scoresOfHop, type HopChoice } from './hopScores';
import type { TraceView } from './traceView';

/** Total score per side, the target left out. */
export function sideTotals(view: TraceView, hop: HopChoice = 'all'): Record<Side, number> {
  return totalsOf(view, scoresOfHop(view, hop));
}

/** The same of what worked against the target; 0 where the trace does not tell. */
export function againstTotals(view: TraceView, hop: HopChoice = 'all'): Record<Side, number> {
  return totalsOf(view, againstOfHop(view, hop) ?? view.tokens.map(() => 0));
}

function totalsOf(view: TraceView, numbers: readonly number[]): Record<Side, number> {
  const totals = Object.fromEntries(SIDES.map((side) => [side, 0])) as Record<Side, number>;
  view.tokens.forEach((_, i) => {
    if (!contains(view.target, i)) totals[sideOf(view, i)] += numbers[i];
  });
  return totals;
}
