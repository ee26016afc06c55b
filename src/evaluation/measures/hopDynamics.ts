import type { StateMethod } from '../../concepts/method';
import type { RegionMass } from '../../concepts/share';
import type { TraceResult } from '../../concepts/traceResult';
import { hopMass, massReaching, scoresUpTo, variation } from './hopScores';
import type { EvidenceMap, Recovery } from './recovery';
import { estimate, proportion, type Estimate } from './statistics';

/** What recursion does to one method, hop by hop. */
export interface HopDynamics {
  readonly method: StateMethod;
  /** Hop 0 first. */
  readonly hops: readonly HopReport[];
  /** Fewest hops after which none up to the last gains anything that its 95% interval tells from nothing, on either measure. */
  readonly enough: number;
}

export interface HopReport {
  /** Of traces that end here. */
  readonly recovery: Estimate;
  readonly firstSource: Estimate;
  /** Mean part of the attribution that reaches this hop. */
  readonly reaching: number;
  /** Where it falls, mean; adds up to `reaching`. */
  readonly mass: RegionMass;
  /** What one more hop changes, transcript by transcript; null for the last. */
  readonly next: {
    /** Total-variation distance of the prompt's normalised scores. */
    readonly variation: Estimate;
    readonly recovery: Estimate;
    readonly firstSource: Estimate;
  } | null;
}

/** One hop of one transcript's trace. */
export interface HopObservation extends Recovery {
  readonly reaching: number;
  readonly mass: RegionMass;
  readonly variation: number | null;
}

/** Hop by hop, what one trace gives. */
export function observeHops({ evidence, promptTokens }: { readonly evidence: EvidenceMap; readonly promptTokens: readonly number[] }, trace: TraceResult): HopObservation[] {
  const scores = trace.hops.map((_, hop) => scoresUpTo(trace, hop));
  return scores.map((own, hop) => ({
    ...evidence.recovery(own),
    reaching: massReaching(trace, hop),
    mass: hopMass(trace, hop),
    variation: hop + 1 < scores.length ? variation(own, scores[hop + 1], promptTokens) : null,
  }));
}

/** @param observed [transcripts][hops] */
export function hopDynamics(method: StateMethod, observed: readonly (readonly HopObservation[])[]): HopDynamics {
  const mean = (of: (hop: HopObservation) => number, hop: number) => observed.reduce((sum, hops) => sum + of(hops[hop]), 0) / observed.length;
  const gain = (figure: 'recovery' | 'firstSource', hop: number) => estimate(observed.map((hops) => hops[hop + 1][figure] - hops[hop][figure]));
  const hops = observed[0].map(({ mass, variation: change }, hop): HopReport => ({
    recovery: estimate(observed.map((of) => of[hop].recovery), [0, 1]),
    firstSource: proportion(observed.map((of) => of[hop].firstSource)),
    reaching: mean(({ reaching }) => reaching, hop),
    mass: Object.fromEntries(Object.keys(mass).map((region) => [region, mean((of) => of.mass[region as keyof RegionMass], hop)])) as unknown as RegionMass,
    next: change === null ? null : { variation: estimate(observed.map((of) => of[hop].variation!), [0, 1]), recovery: gain('recovery', hop), firstSource: gain('firstSource', hop) },
  }));
  const gains = hops.flatMap(({ next }) => (next ? (next.recovery.low ?? 0) > 0 || (next.firstSource.low ?? 0) > 0 : []));
  return { method, hops, enough: gains.lastIndexOf(true) + 1 };
}
