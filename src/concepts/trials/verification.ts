import type { Granularity, Passage } from '../passages';

/** How the model is made to do without a passage: `removal` replaces its tokens and runs all behind it again; `cut` hides it from the rows that generated, which alone are run again. */
export const TRIALS = ['removal', 'cut'] as const;
export type TrialKind = (typeof TRIALS)[number];

export interface VerifyOptions {
  /** Absent in what earlier versions kept: `removal`. */
  readonly by?: TrialKind;
  /** How many of the trace's best passages are taken out, 1 to `MOST_PASSAGES`. */
  readonly passages: number;
  readonly granularity: Granularity;
  /** Of the random passage that is measured beside them. */
  readonly seed: number;
}

export const MOST_PASSAGES = 64;
export const DEFAULT_VERIFY_OPTIONS: VerifyOptions = { by: 'removal', passages: 8, granularity: 'sentences', seed: 0 };

/** What doing without a passage of the prompt did: positions kept, the model run again. */
export interface MeasuredPassage extends Passage {
  /** Part of the trace's score on the prompt, template tokens left out, 0 to 1. */
  readonly share: number;
  /** By how much log P of everything generated up to the target's end falls, in nats; negative where it rises. */
  readonly logProbDrop: number;
  /** log P(target | everything before it). Where the reasoning states the answer it hardly moves: the reasoning stays as it is. */
  readonly targetLogProbBefore: number;
  readonly targetLogProbAfter: number;
  /** In a contrasted trace: log P of the token that the target is compared with, in its place. */
  readonly other?: { readonly logProbBefore: number; readonly logProbAfter: number };
}

/**
 * `no effect`: proposed by the trace, but taking it out does no more than taking out any other passage. `missed`: not proposed, but it has
 * an effect.
 */
export type Verdict = 'confirmed' | 'no effect' | 'missed';

export interface VerifiedSource extends MeasuredPassage {
  readonly verdict: Verdict;
}

/** The sources of a trace, tried out. Plain data: it crosses the process boundary and is what every view draws. */
export interface Verification {
  readonly options: VerifyOptions;
  /** What the trace proposed and what was found beside it, largest drop first. */
  readonly sources: readonly VerifiedSource[];
  /** A random passage of about the same size that is not among the sources; null where the prompt has no other. */
  readonly control: MeasuredPassage | null;
  /** A drop above this is an effect. */
  readonly leastDrop: number;
  /** What taking out at once everything that was not tried by itself did; null where there was nothing left. */
  readonly othersLogProbDrop: number | null;
  /** What stood in the place of every token that was removed. */
  readonly replacement: { readonly id: number; readonly text: string };
  /** log P of everything generated up to the target's end, as it stands. */
  readonly logProb: number;
  readonly timings: { readonly verifyMs: number; readonly modelRuns: number };
}

/** What a measured passage turned out to be. */
export type Outcome = Verdict | 'random';

export interface PassageOutcome {
  readonly passage: MeasuredPassage;
  readonly outcome: Outcome;
}

/** Every passage that was taken out by itself: the sources, then the control. */
export function outcomes({ sources, control }: Pick<Verification, 'sources' | 'control'>): PassageOutcome[] {
  return [
    ...sources.map((passage): PassageOutcome => ({ passage, outcome: passage.verdict })),
    ...(control ? [{ passage: control, outcome: 'random' as const }] : []),
  ];
}

/** A drop below this (a tenth of the probability) is none. */
export const LEAST_DROP = 0.1;

/** The random passage that does least is the control; others that were drawn before it may be sources themselves. */
export function controlOf(random: readonly MeasuredPassage[]): MeasuredPassage | null {
  return byDrop(random).at(-1) ?? null;
}

/** What an effect must be above: what the control does, unless that does more than most sources: it is a source itself then, and no measure. */
export function leastDropOf(measured: readonly MeasuredPassage[], control: MeasuredPassage | null): number {
  const median = byDrop(measured)[Math.floor(measured.length / 2)]?.logProbDrop ?? 0;
  return Math.max(LEAST_DROP, Math.min(control?.logProbDrop ?? 0, median));
}

/** Largest drop first. @param others not proposed, measured all the same */
export function rankSources(measured: readonly MeasuredPassage[], others: readonly MeasuredPassage[], leastDrop: number): VerifiedSource[] {
  return byDrop([
    ...measured.map((passage): VerifiedSource => ({ ...passage, verdict: passage.logProbDrop > leastDrop ? 'confirmed' : 'no effect' })),
    ...others.filter(({ logProbDrop }) => logProbDrop > leastDrop).map((passage): VerifiedSource => ({ ...passage, verdict: 'missed' })),
  ]);
}

function byDrop<T extends MeasuredPassage>(passages: readonly T[]): T[] {
  return [...passages].sort((a, b) => b.logProbDrop - a.logProbDrop || b.share - a.share);
}
