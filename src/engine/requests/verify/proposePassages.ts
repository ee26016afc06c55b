import { splitPassages, type Passage } from '../../../concepts/passages';
import type { TraceResult } from '../../../concepts/traceResult';
import type { VerifyOptions } from '../../../concepts/trials/verification';
import { mulberry32 } from '../../base/random';

export interface ScoredPassage extends Passage {
  /** @see MeasuredPassage.share */
  readonly share: number;
}

export interface Proposal {
  /** Best score first. */
  readonly passages: readonly ScoredPassage[];
  /** The others in random order, those of about the same size first. */
  readonly others: readonly ScoredPassage[];
}

/** Sizes that count as about the same, either way. */
const SIZE_FACTOR = 2;

/**
 * The passages that a trace puts first, and the others to draw random ones from. One passage stays behind for that, whatever is asked
 * for, unless it is the only one.
 * @param counts whether a passage is among those to choose from
 */
export function proposePassages({ tokens, promptLength, scores }: Pick<TraceResult, 'tokens' | 'promptLength' | 'scores'>, options: VerifyOptions, counts: (passage: Passage) => boolean = () => true): Proposal {
  const passages = splitPassages(tokens, promptLength, options.granularity).filter(counts);
  let total = 0;
  for (let i = 0; i < promptLength; i++) if (tokens[i].region === 'prompt') total += Math.max(0, scores[i]);
  const ranked = passages
    .map((passage): ScoredPassage => ({ ...passage, share: total > 0 ? scores.slice(passage.tokens.start, passage.tokens.end).reduce((a, b) => a + b, 0) / total : 0 }))
    .sort((a, b) => b.share - a.share || a.tokens.start - b.tokens.start);
  const proposed = ranked.slice(0, Math.min(options.passages, Math.max(1, ranked.length - 1))).filter(({ share }) => share > 0);
  return { passages: proposed, others: shuffled(ranked.slice(proposed.length), proposed, options.seed) };
}

function shuffled(others: readonly ScoredPassage[], proposed: readonly Passage[], seed: number): ScoredPassage[] {
  const length = ({ tokens }: Passage) => tokens.end - tokens.start;
  const mean = proposed.reduce((sum, passage) => sum + length(passage), 0) / proposed.length;
  const random = mulberry32(seed);
  return others
    .map((passage) => ({ passage, distance: Math.max(Math.log(SIZE_FACTOR), Math.abs(Math.log(length(passage) / mean))), draw: random() }))
    .sort((a, b) => a.distance - b.distance || a.draw - b.draw)
    .map(({ passage }) => passage);
}
