import type { Passage } from '../../src/concepts/passages';
import type { TokenRange } from '../../src/concepts/ranges';
import { outcomes, type PassageOutcome, type Verification } from '../../src/concepts/trials/verification';
import { DROP_NOTE, formatNats, type MeasuredTexts, measuredTexts, OUTCOMES, passageFigures, trialNote, verificationSummary } from '../../src/view/text/verificationText';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { filledBar } from '../elements/filledBar';

export interface VerifiedListener {
  onChoose(passage: Passage): void;
  /** The pointer or the keyboard is on this entry (empty range: on none). */
  onPoint(tokens: TokenRange): void;
  /** Null where nothing can be run. */
  readonly onVerify: (() => void) | null;
}

/** A bar of full length stands for a drop of at least this: where nothing has an effect, no bar looks like one. */
const FULL_BAR = 1;
const NOWHERE: TokenRange = { start: 0, end: 0 };

/** What became of the sources when they were taken out one at a time, largest drop first; before that, the button that does it. */
export function verifiedList(view: TraceView, verified: Verification | null, listener: VerifiedListener): HTMLElement[] {
  if (!verified && !listener.onVerify) return [];
  return [el('section', { class: 'verified', 'aria-labelledby': 'verified-title' },
    el('div', { class: 'verified-head' },
      el('h2', { id: 'verified-title' }, 'Verified sources'),
      ...(listener.onVerify ? [verifyButton(verified !== null, listener.onVerify)] : [])),
    ...(verified ? results(view, verified, listener) : [el('p', { class: 'note', id: 'verify-help' }, 'Takes the best passages out of the prompt one at a time and runs the model again: which of them hold?')]))];
}

/** The result for a screen reader. */
export function verifiedAnnouncement(verified: Verification): string {
  const [first] = verified.sources;
  return `${verificationSummary(verified)}${first?.verdict === 'confirmed' ? ` First: ${first.text}` : ''}`;
}

function verifyButton(again: boolean, onVerify: () => void): HTMLElement {
  const button = el('button', { type: 'button', class: 'button secondary', 'aria-describedby': again ? null : 'verify-help' }, again ? 'Verify again' : 'Verify sources');
  button.addEventListener('click', onVerify);
  return button;
}

function results(view: TraceView, verified: Verification, listener: VerifiedListener): HTMLElement[] {
  const texts = measuredTexts(view);
  const all = outcomes(verified);
  const most = Math.max(FULL_BAR, ...all.map(({ passage }) => passage.logProbDrop));
  const entries = (some: readonly PassageOutcome[]) => some.map((outcome) => el('li', {}, entry(outcome, texts, most, listener)));
  const count = verified.sources.length;
  return [
    el('p', {}, verificationSummary(verified)),
    ...(count > 0 ? [el('p', { class: 'columns-head note', 'aria-hidden': 'true' }, el('span', {}, 'Taken out'), el('span', {}, 'Drop in nats')), el('ol', {}, ...entries(all.slice(0, count)))] : []),
    ...(all.length > count ? [el('h3', {}, 'Drawn at random'), el('ul', {}, ...entries(all.slice(count)))] : []),
    el('p', { class: 'note' }, `${trialNote(verified)} ${DROP_NOTE}`),
  ];
}

function entry({ passage, outcome }: PassageOutcome, texts: MeasuredTexts, most: number, listener: VerifiedListener): HTMLElement {
  const { sign, name } = OUTCOMES[outcome];
  const text = passage.text.replace(/\s+/g, ' ');
  const figures = passageFigures(passage, texts);
  const drop = formatNats(passage.logProbDrop);
  const button = el('button', { type: 'button', class: `measured ${outcome.replace(' ', '-')}`, 'aria-label': `${name}: ${text}; drop ${drop} nats, ${figures}` },
    el('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    el('span', { class: 'passage' }, text),
    el('span', { class: 'number drop' }, drop),
    el('span', { class: 'figures number' }, el('span', { class: 'outcome' }, name), `, ${figures.replaceAll(' → ', '\u00a0→\u00a0')}`),
    filledBar(Math.max(0, passage.logProbDrop / most)));
  button.addEventListener('click', () => listener.onChoose(passage));
  for (const type of ['pointerenter', 'focus']) button.addEventListener(type, () => listener.onPoint(passage.tokens));
  for (const type of ['pointerleave', 'blur']) button.addEventListener(type, () => listener.onPoint(NOWHERE));
  return button;
}
