import type { Granularity, Passage } from './passages';

export interface VerifyOptions {
  /** How many of the trace's best passages are taken out, 1 to `MOST_PASSAGES`. */
  readonly passages: number;
  readonly granularity: Granularity;
  /** Of the random passage that is measured beside them. */
  readonly seed: number;
}

export const MOST_PASSAGES = 64;
export const DEFAULT_VERIFY_OPTIONS: VerifyOptions = { passages: 8, granularity: 'sentences', seed: 0 };

/** What taking a passage out of the prompt did: its tokens replaced, positions kept, the model run again. */
export interface MeasuredPassage extends Passage {
  /** Part of the trace's score on the prompt, template tokens left out, 0 to 1. */
  readonly share: number;
  /** By how much log P of everything generated up to the target's end falls, in nats; negative where it rises. */
  readonly logProbDrop: number;
  /** log P(target | everything before it). Where the reasoning states the answer it hardly moves: the reasoning stays as it is. */
  readonly targetLogProbBefore: number;
  readonly targetLogProbAfter: number;
}

/** `no effect`: proposed by the trace, but taking it out does no more than taking out any other passage. */
export type Verdict = 'confirmed' | 'no effect';

export interface VerifiedSource extends MeasuredPassage {
  readonly verdict: Verdict;
}

/** The sources of a trace, tried out. Plain data: it crosses the process boundary and is what every view draws. */
export interface Verification {
  readonly options: VerifyOptions;
  /** Largest drop first. */
  readonly sources: readonly VerifiedSource[];
  /** A random passage of about the same size that is not among the sources; null where the prompt has no other. */
  readonly control: MeasuredPassage | null;
  /** Random passages that were drawn before the control and have an effect: sources that the trace did not propose. Largest drop first. */
  readonly missed: readonly MeasuredPassage[];
  /** A drop above this is an effect. */
  readonly leastDrop: number;
  /** What stood in the place of every token that was taken out. */
  readonly replacement: { readonly id: number; readonly text: string };
  /** log P of everything generated up to the target's end, as it stands. */
  readonly logProb: number;
  readonly timings: { readonly verifyMs: number; readonly modelRuns: number };
}

/** What a measured passage turned out to be. */
export type Outcome = Verdict | 'missed' | 'random';

export interface PassageOutcome {
  readonly passage: MeasuredPassage;
  readonly outcome: Outcome;
}

/** Every passage that was taken out: the sources, then those drawn at random, the control last. */
export function outcomes({ sources, missed, control }: Pick<Verification, 'sources' | 'missed' | 'control'>): PassageOutcome[] {
  return [
    ...sources.map((passage): PassageOutcome => ({ passage, outcome: passage.verdict })),
    ...missed.map((passage): PassageOutcome => ({ passage, outcome: 'missed' })),
    ...(control ? [{ passage: control, outcome: 'random' as const }] : []),
  ];
}

/** A drop below this (a tenth of the probability) is none. */
export const LEAST_DROP = 0.1;

/**
 * Largest drop first, each told from what a random passage does. Of several random passages the one that does least is the control; one
 * that does more than most sources is a source itself, and no measure for others.
 */
export function rankSources(measured: readonly MeasuredPassage[], random: readonly MeasuredPassage[]): Pick<Verification, 'sources' | 'control' | 'missed' | 'leastDrop'> {
  const ranked = byDrop(measured);
  const drawn = byDrop(random);
  const control = drawn.at(-1) ?? null;
  const median = ranked[Math.floor(ranked.length / 2)]?.logProbDrop ?? 0;
  const leastDrop = Math.max(LEAST_DROP, Math.min(control?.logProbDrop ?? 0, median));
  return {
    sources: ranked.map((passage) => ({ ...passage, verdict: passage.logProbDrop > leastDrop ? 'confirmed' : 'no effect' })),
    control,
    missed: drawn.filter((passage) => passage !== control && passage.logProbDrop > leastDrop),
    leastDrop,
  };
}

function byDrop(passages: readonly MeasuredPassage[]): MeasuredPassage[] {
  return [...passages].sort((a, b) => b.logProbDrop - a.logProbDrop || b.share - a.share);
}
