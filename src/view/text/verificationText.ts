/** What every view says about verified sources. */
import { formatProbability, formatShare } from '../../concepts/formatNumbers';
import type { MeasuredPassage, Outcome, Verdict, Verification } from '../../concepts/trials/verification';
import { targetText } from '../trace/traceBlocks';
import type { TraceView } from '../trace/traceView';
import { contrastNames } from './contrastText';

const LONGEST_TARGET = 24;

export const DROP_NOTE = 'Drop: by how much log P of everything generated up to the end of the traced span falls, in nats. P of the span alone hardly moves where the reasoning, which stays as it is, states it already.';

/** A change of log P as views write it: "16.6", "0.25", "0.00". */
export function formatNats(nats: number): string {
  const digits = Math.abs(nats) < 9.995 ? 2 : 1;
  const rounded = Number(nats.toFixed(digits));
  return (rounded === 0 ? 0 : rounded).toFixed(digits).replace('-', '−');
}

/** What probabilities are told of. */
export interface MeasuredTexts {
  /** the traced text */
  readonly target: string;
  /** what it is compared with, in a contrasted trace */
  readonly other?: string;
}

export function measuredTexts(view: TraceView): MeasuredTexts {
  return { target: targetText(view), ...(view.contrast && { other: contrastNames(view.contrast).other }) };
}

/** "share 21%, P(Oslo) 0.97 → 0.02", and in a contrasted trace ", P(Lisbon) 0.01 → 0.35". */
export function passageFigures({ share, targetLogProbBefore, targetLogProbAfter, other }: MeasuredPassage, texts: MeasuredTexts): string {
  const change = (text: string, before: number, after: number) => `P(${shortTarget(text)}) ${formatProbability(Math.exp(before))} → ${formatProbability(Math.exp(after))}`;
  return [
    `share ${formatShare(share)}`,
    change(texts.target, targetLogProbBefore, targetLogProbAfter),
    ...(other && texts.other !== undefined ? [change(texts.other, other.logProbBefore, other.logProbAfter)] : []),
  ].join(', ');
}

/** For the status bar, which cuts sentences: "3 of 8 sources confirmed, 1 missed". */
export function verificationCount({ sources }: Pick<Verification, 'sources'>): string {
  const { confirmed, missed } = countVerdicts(sources);
  return `${confirmed} of ${sources.length - missed} sources confirmed${missed > 0 ? `, ${missed} missed` : ''}`;
}

function countVerdicts(sources: Verification['sources']): { readonly confirmed: number; readonly missed: number } {
  const count = (wanted: Verdict) => sources.filter(({ verdict }) => verdict === wanted).length;
  return { confirmed: count('confirmed'), missed: count('missed') };
}

/** One sentence: how many hold. */
export function verificationSummary({ sources, options, leastDrop, othersLogProbDrop: others }: Verification): string {
  if (sources.length === 0) return 'The trace gives no passage of the prompt a score, so there is nothing to verify.';
  const { confirmed, missed } = countVerdicts(sources);
  const all = sources.length - missed;
  const proposed = `${all} proposed ${all === 1 ? options.granularity.slice(0, -1) : options.granularity}`;
  const found = missed > 0 ? `; ${missed} that the trace did not propose ${missed === 1 ? 'has' : 'have'} an effect, too` : '';
  if (confirmed > 0) return `${confirmed} of ${proposed} ${confirmed === 1 ? 'is' : 'are'} confirmed${found}.`;
  const none = `None of the ${proposed} has an effect`;
  if (missed > 0) return `${none}${found.replace(', too', '')}.`;
  if (others === null) return `${none} when it is taken out alone.`;
  if (others > leastDrop) return `${none}, but all others have one together: ask for more of them.`;
  return `${none}, nor have all others together: what was generated hangs on none of them alone.`;
}

/** How the model did without a passage, in one sentence. */
export function trialNote({ options, replacement }: Verification): string {
  if (options.by === 'cut') return 'Each passage was hidden by itself from the rows that generated, which alone were run again; what the prompt itself took from it, the question say, stays.';
  return `Each passage was taken out by itself (its tokens replaced with ${JSON.stringify(replacement.text)}) and the model was run again.`;
}

/** What an outcome is called, and a sign for it: never colour alone. */
export const OUTCOMES: Readonly<Record<Outcome, { readonly sign: string; readonly name: string }>> = {
  'confirmed': { sign: '✓', name: 'confirmed' },
  'no effect': { sign: '○', name: 'no effect' },
  'missed': { sign: '!', name: 'missed by the trace' },
  'random': { sign: '?', name: 'random, to compare' },
};

function shortTarget(text: string): string {
  return text.length > LONGEST_TARGET ? `${text.slice(0, LONGEST_TARGET - 1).trimEnd()}…` : text;
}
