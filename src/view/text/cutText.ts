/** What every view says about cuts. */
import type { CutPassage, CutResult } from '../../concepts/cuts';
import { formatNats } from './verificationText';

export const CUT_NOTE = 'Drop: by how much log P of everything generated up to the end of the traced span falls, in nats, when the rows that generated it cannot see the passage. What the prompt itself took from it, the question say, stays.';

export const LEVEL_NAMES: Readonly<Record<CutPassage['level'], string>> = { words: 'word', sentences: 'sentence', lines: 'line', paragraphs: 'paragraph', part: 'part' };

/** In words: "without it what was generated is 150 times less probable". */
export function cutEffect(drop: number): string {
  const factor = Math.exp(Math.abs(drop));
  if (factor < 1.1) return 'without it what was generated is about as probable';
  const times = factor < 9.5 ? factor.toFixed(1) : factor > 1e6 ? 'over a million' : Number(factor.toPrecision(2)).toLocaleString('en-US');
  return `without it what was generated is ${times} times ${drop > 0 ? 'less' : 'more'} probable`;
}

export function cutFigures({ drop }: { readonly drop: number }): string {
  return `drop ${formatNats(drop).padStart(5)}`;
}

/** How far the search went, in a sentence. */
export function cutsSummary({ measured, sentences, allDrop, prefills, isComplete }: CutResult): string {
  const done = measured === sentences ? `All ${sentences} sentences were hidden by themselves` : `${measured} of ${sentences} sentences were hidden by themselves, the others in parts or not at all`;
  const all = allDrop === null ? '' : `; all at once: drop ${formatNats(allDrop)}`;
  return `${isComplete ? done : `So far, ${done.charAt(0).toLowerCase()}${done.slice(1)}`}${all} (${prefills.toFixed(prefills < 10 ? 1 : 0)} runs of the transcript).`;
}
