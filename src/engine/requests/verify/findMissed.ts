import type { MeasuredPassage } from '../../../concepts/trials/verification';
import type { TrialEffect } from '../trials/trial';
import type { ScoredPassage } from './proposePassages';

export interface Search {
  /** A drop above this is an effect. */
  readonly leastDrop: number;
  readonly mostRuns: number;
  /** Takes passages out together. */
  readonly measure: (group: readonly ScoredPassage[]) => Promise<TrialEffect>;
}

export interface Missed {
  readonly found: readonly MeasuredPassage[];
  /** What taking out all at once does; null where there are none. */
  readonly togetherDrop: number | null;
}

interface Group {
  readonly passages: readonly ScoredPassage[];
  readonly drop: number;
}

/**
 * Finds passages with an effect by halving: all at once first, which in most cases is the one run that it takes. The group with the largest
 * drop is halved next; what one half does not account for, the other does, as far as effects add up: where it accounts for nothing, the
 * other is halved unmeasured. Passages that only have an effect together (the same said twice) are not found.
 * @param passages likelier ones first
 */
export async function findMissed(passages: readonly ScoredPassage[], { leastDrop, mostRuns, measure }: Search): Promise<Missed> {
  const found: MeasuredPassage[] = [];
  let groups: Group[] = [];
  let runs = 0;
  const look = async (group: readonly ScoredPassage[]): Promise<number> => {
    if (group.length === 0 || runs === mostRuns) return 0;
    runs++;
    const measured = await measure(group);
    if (measured.logProbDrop > leastDrop) {
      if (group.length === 1) found.push({ ...group[0], ...measured });
      else groups.push({ passages: group, drop: measured.logProbDrop });
    }
    return measured.logProbDrop;
  };
  const togetherDrop = passages.length > 0 ? await look(passages) : null;
  while (groups.length > 0 && runs < mostRuns) {
    const largest = groups.reduce((a, b) => (b.drop > a.drop ? b : a));
    groups = groups.filter((group) => group !== largest);
    const half = Math.ceil(largest.passages.length / 2);
    const first = await look(largest.passages.slice(0, half));
    if (largest.drop - first <= leastDrop) continue;
    const rest = largest.passages.slice(half);
    if (first <= leastDrop && rest.length > 1) groups.push({ passages: rest, drop: largest.drop });
    else await look(rest);
  }
  return { found, togetherDrop };
}

/** Runs that looking for what was missed may take: as many as there are proposals, or what it takes to get from all of so many passages to single ones where both halves have an effect; one more for all at once. */
export function mostSearchRuns(proposals: number, passages: number): number {
  return 1 + Math.max(proposals, 2 * Math.ceil(Math.log2(Math.max(1, passages))));
}
