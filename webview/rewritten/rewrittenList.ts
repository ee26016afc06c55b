import type { TokenRange } from '../../src/concepts/ranges';
import { rewriteVerdict, type RewrittenPassage, type Rewriting } from '../../src/concepts/trials/rewriting';
import { REWRITE_NOTE, REWRITE_OUTCOMES, rewriteFigures, rewriteSentence, rewritingSummary } from '../../src/view/text/rewritingText';
import { el } from '../elements/dom';

export interface RewrittenListener {
  /** Show the text that was written without a source beside the old one. @param index null: without the random sentence */
  onShow(index: number | null): void;
  /** The pointer or the keyboard is on this entry (empty range: on none). */
  onPoint(tokens: TokenRange): void;
  /** Null where nothing can be run. */
  readonly onRewrite: (() => void) | null;
}

const NOWHERE: TokenRange = { start: 0, end: 0 };

/** Does the answer change? What the model wrote without each of the best sources; before that, the button that has it written. */
export function rewrittenList(rewritten: Rewriting | null, listener: RewrittenListener): HTMLElement[] {
  if (!rewritten && !listener.onRewrite) return [];
  return [el('section', { class: 'rewritten', 'aria-labelledby': 'rewritten-title' },
    el('div', { class: 'verified-head' },
      el('h2', { id: 'rewritten-title' }, 'Does the answer change?'),
      ...(listener.onRewrite ? [rewriteButton(rewritten !== null, listener.onRewrite)] : [])),
    ...(rewritten ? results(rewritten, listener) : [el('p', { class: 'note', id: 'rewrite-help' }, 'Takes the best sentences out of the text one at a time and lets the model write its reasoning and answer anew. Your document stays as it is.')]))];
}

function rewriteButton(again: boolean, onRewrite: () => void): HTMLElement {
  const button = el('button', { type: 'button', class: 'button secondary', 'aria-describedby': again ? null : 'rewrite-help' }, again ? 'Write anew again' : 'Write anew');
  button.addEventListener('click', onRewrite);
  return button;
}

function results(rewritten: Rewriting, listener: RewrittenListener): HTMLElement[] {
  const { sources, control, unchanged, asked, notes } = rewritten;
  return [
    el('p', {}, rewritingSummary(rewritten)),
    el('ol', {}, ...sources.map((passage, i) => el('li', {}, entry(passage, i, rewritten, listener)))),
    ...(control ? [el('h3', {}, 'Without a random sentence'), el('ul', {}, el('li', {}, entry(control, null, rewritten, listener)))] : []),
    el('p', { class: 'note' }, `To the prompt as it stands: ${rewriteSentence(unchanged, asked)}. ${REWRITE_NOTE}`),
    ...notes.map((note) => el('p', { class: 'note' }, note)),
  ];
}

function entry(passage: RewrittenPassage, index: number | null, { asked, unchanged }: Rewriting, listener: RewrittenListener): HTMLElement {
  const verdict = rewriteVerdict(passage, unchanged);
  const { sign, name } = REWRITE_OUTCOMES[verdict];
  const text = passage.text.replace(/\s+/g, ' ');
  const sentence = rewriteSentence(passage, asked);
  const button = el('button', { type: 'button', class: `measured ${verdict === 'unchanged' ? 'no-effect' : 'confirmed'}`, 'aria-label': `Without: ${text}; ${name}: ${sentence}. Show the new text beside the old one.` },
    el('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    el('span', { class: 'passage' }, text),
    el('span', { class: 'figures' }, el('span', { class: 'outcome' }, name), `: ${sentence} (${rewriteFigures(passage)})`));
  button.addEventListener('click', () => listener.onShow(index));
  for (const type of ['pointerenter', 'focus']) button.addEventListener(type, () => listener.onPoint(passage.tokens));
  for (const type of ['pointerleave', 'blur']) button.addEventListener(type, () => listener.onPoint(NOWHERE));
  return button;
}
