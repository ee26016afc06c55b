import type { Granularity, Passage } from './passages';

/** What hiding a passage from the rows that generated did (docs/methods.md, cut). */
export interface CutPassage extends Passage {
  /** What it is; `part`: several sentences in a row that were hidden together. */
  readonly level: Granularity | 'part';
  /** By how much log P of everything generated up to the target's end falls, in nats; negative where the passage spoke against it. Of a part of which smaller passages are known: what theirs leave of it. */
  readonly drop: number;
  /** The same of the target alone. */
  readonly targetDrop: number;
}

/** Passages that only do something together. */
export interface CutGroup {
  readonly passages: readonly Passage[];
  readonly drop: number;
}

/** Every passage that was hidden. Plain data: it crosses the process boundary. */
export interface CutResult {
  /** Largest drop first. Sentences that nobody looked at by themselves are in the part or paragraph that they were hidden with. */
  readonly passages: readonly CutPassage[];
  /** Sentences that were hidden by themselves, of all that there are. */
  readonly measured: number;
  readonly sentences: number;
  /** What hiding all of them at once does; null as long as that is not known. */
  readonly allDrop: number | null;
  /** Where single ones do hardly anything and all do: those that suffice together. */
  readonly together: CutGroup | null;
  /** What it took, in runs of the whole transcript (by the operations). */
  readonly prefills: number;
  /** Whether nothing more comes. */
  readonly isComplete: boolean;
}

/** How many runs of the whole transcript cuts may take, by the operations, where nobody says otherwise... */
export const DEFAULT_CUT_BUDGET = 1.5;
/** ...or as many as so many rows take: a short transcript's are cheap. */
export const LEAST_CUT_ROWS = 1024;
export const MOST_CUT_BUDGET = 1000;
