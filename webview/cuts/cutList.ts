import type { CutPassage, CutResult } from '../../src/concepts/cuts';
import type { Passage } from '../../src/concepts/passages';
import type { TokenRange } from '../../src/concepts/ranges';
import { CUT_NOTE, cutEffect, cutsSummary, LEVEL_NAMES } from '../../src/view/text/cutText';
import { formatNats } from '../../src/view/text/verificationText';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { filledBar } from '../elements/filledBar';

export interface CutListener {
  onChoose(passage: Passage): void;
  /** The pointer or the keyboard is on this entry (empty range: on none). */
  onPoint(tokens: TokenRange): void;
}

const LIMIT = 8;
const AGAINST_LIMIT = 3;
/** A bar of full length stands for a drop of at least this: where nothing has an effect, no bar looks like one. */
const FULL_BAR = 1;
const NOWHERE: TokenRange = { start: 0, end: 0 };

/** What hiding passages from the generation did: what it rested on, what spoke against it, and how far the search has come. */
export function cutList({ promptLength }: Pick<TraceView, 'promptLength'>, cuts: CutResult, listener: CutListener): HTMLElement {
  // Words colour the text; in a list they would repeat their sentences.
  const passages = cuts.passages.filter(({ level }) => level !== 'words');
  const towards = passages.filter(({ drop }) => drop > 0).slice(0, LIMIT);
  const against = passages.filter(({ drop }) => drop < 0).reverse().slice(0, AGAINST_LIMIT);
  const most = Math.max(FULL_BAR, ...passages.map(({ drop }) => Math.abs(drop)));
  const list = (some: readonly CutPassage[]) => el('ol', {}, ...some.map((passage, i) => el('li', {}, entry(passage, i + 1, passage.drop < 0 ? 'against' : passage.tokens.start < promptLength ? 'prompt' : 'generation', most, listener))));
  return el('section', { class: 'cuts', 'aria-labelledby': 'cuts-title' },
    el('h2', { id: 'cuts-title' }, 'Hidden one at a time'),
    el('p', {}, cutsSummary(cuts)),
    ...(towards.length > 0 ? [el('p', { class: 'columns-head note', 'aria-hidden': 'true' }, el('span', {}, 'It rests on'), el('span', {}, 'Drop in nats')), list(towards)] : []),
    ...(against.length > 0 ? [el('h3', {}, 'Spoke against it'), list(against)] : []),
    ...(cuts.together ? [el('h3', {}, `Only together: drop ${formatNats(cuts.together.drop)}`), el('ul', { class: 'together' }, ...cuts.together.passages.map(({ text }) => el('li', {}, oneLine(text))))] : []),
    el('p', { class: 'note' }, CUT_NOTE));
}

function entry(passage: CutPassage, rank: number, kind: 'prompt' | 'generation' | 'against', most: number, listener: CutListener): HTMLElement {
  const { drop, level } = passage;
  const text = oneLine(passage.text);
  const effect = cutEffect(drop);
  const button = el('button', { type: 'button', class: `measured cut ${kind}`, title: effect, 'aria-label': `${rank}. ${text}; drop ${formatNats(drop)} nats: ${effect}` },
    el('span', { class: 'rank' }, String(rank)),
    el('span', { class: 'passage' }, ...(level === 'sentences' ? [] : [el('span', { class: 'level' }, `${LEVEL_NAMES[level]}: `)]), text),
    el('span', { class: 'number drop' }, formatNats(drop)),
    filledBar(Math.abs(drop) / most));
  button.addEventListener('click', () => listener.onChoose(passage));
  for (const type of ['pointerenter', 'focus']) button.addEventListener(type, () => listener.onPoint(passage.tokens));
  for (const type of ['pointerleave', 'blur']) button.addEventListener(type, () => listener.onPoint(NOWHERE));
  return button;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
