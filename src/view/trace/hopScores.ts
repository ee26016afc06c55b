import type { TraceView } from './traceView';

/** All hops together, or one of them (0 is the traced span itself). */
export type HopChoice = number | 'all';

/** Scores of every token for `hop`; a hop that the trace does not have counts as 'all'. */
export function scoresOfHop(view: TraceView, hop: HopChoice): readonly number[] {
  return hop === 'all' ? view.scores : view.hopScores[hop] ?? view.scores;
}

/** What worked against the target for `hop`, as `scoresOfHop` has what led to it; null where the trace does not tell. */
export function againstOfHop(view: TraceView, hop: HopChoice): readonly number[] | null {
  return (hop === 'all' ? view.against : view.hopAgainst?.[hop] ?? view.against) ?? null;
}
