import { SIDES, type Side } from '../../concepts/side';
import type { HopChoice } from './hopScores';
import { topOpponents, type TraceSource } from './sources';
import { againstTotals, sideTotals } from './totals';
import type { TraceView } from './traceView';

/** Less than this part of what led to the target is what every trace has: nothing to read into. */
const WORTH_TELLING = 0.02;

/** What worked against the target on one side. */
export interface Opposition {
  readonly side: Side;
  /** All of it as a part of what led to the target there; infinite where nothing did. */
  readonly weight: number;
  /** Words that worked against it more than for it, the strongest first. */
  readonly words: readonly TraceSource[];
}

/** What is worth telling of what worked against a trace's target: sides where it is next to nothing are left out. */
export function oppositions(view: TraceView, hop: HopChoice, limit: number): Opposition[] {
  const [towards, against] = [sideTotals(view, hop), againstTotals(view, hop)];
  return SIDES
    .map((side): Opposition => ({ side, weight: against[side] > 0 ? against[side] / towards[side] : 0, words: topOpponents(view, { hop, side, limit }) }))
    .filter(({ weight, words }) => weight >= WORTH_TELLING && words.length > 0);
}
