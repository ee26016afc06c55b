import { formatShare } from '../../src/concepts/formatNumbers';
import type { TokenRange } from '../../src/concepts/ranges';
import { sideOf, SIDES, type Side } from '../../src/concepts/side';
import type { SourceUnit } from '../../src/protocol/panel/panelState';
import { contrastNames } from '../../src/view/text/contrastText';
import { scoresOfHop, type HopChoice } from '../../src/view/trace/hopScores';
import { oppositions } from '../../src/view/trace/oppositions';
import { topSources, type TraceSource } from '../../src/view/trace/sources';
import { sideTotals } from '../../src/view/trace/totals';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { filledBar } from '../elements/filledBar';

/** Which lists are unfolded. */
export type OpenLists = Record<Side | 'against', boolean>;

export interface SourceListener {
  onChoose(source: TraceSource): void;
  /** The pointer or the keyboard is on this entry (empty range: on none). */
  onPoint(tokens: TokenRange): void;
}

const LIMIT = 6;
/** Of each side in the one list of what worked against the target. */
const AGAINST_LIMIT = 4;
const NOWHERE: TokenRange = { start: 0, end: 0 };
const BEFORE_LENGTH = 16;
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/**
 * The highest-scored sentences (or words, each with its surroundings) of the prompt and of the generation, with a bar, and the words that worked against the target
 * where that is worth telling.
 * @param open which lists are unfolded; kept up to date as the person folds them
 */
export function sourceLists(view: TraceView, { hop, unit }: { readonly hop: HopChoice; readonly unit: SourceUnit }, open: OpenLists, listener: SourceListener): HTMLElement[] {
  const sides = SIDES.flatMap((side) => {
    const sources = topSources(view, { hop, side, limit: LIMIT, ...(unit === 'sentences' && { granularity: unit }) });
    if (sources.length === 0 && side === 'generation') return [];
    const list = el('details', { class: `sources ${side} ${unit}`, open: open[side] },
      el('summary', {}, title(view, side)),
      sources.length === 0
        ? el('p', { class: 'note' }, 'No score reached the prompt.')
        : el('ol', {}, ...sources.map((source, i) => entry(source, i + 1, source.share / sources[0].share, listener))),
      ...templateNote(view, hop, side));
    list.addEventListener('toggle', () => { open[side] = list.open; });
    return [list];
  });
  return [...sides, ...againstList(view, hop, open, listener)];
}

function againstList(view: TraceView, hop: HopChoice, open: OpenLists, listener: SourceListener): HTMLElement[] {
  const found = oppositions(view, hop, AGAINST_LIMIT);
  if (found.length === 0) return [];
  const most = Math.max(...found.map(({ words }) => words[0].score));
  const names = view.contrast && contrastNames(view.contrast);
  const list = el('details', { class: 'sources against', open: open.against },
    el('summary', {}, names ? `Spoke for “${names.other}”` : 'What spoke against it'),
    ...found.flatMap(({ side, weight, words }) => [
      el('h3', {}, side === 'prompt' ? 'In the prompt' : 'In the generation'),
      el('ol', {}, ...words.map((word, i) => entry(word, i + 1, word.score / most, listener))),
      ...(Number.isFinite(weight) ? [el('p', { class: 'note' }, `In all ${formatShare(weight)} of what spoke for ${names ? `“${names.written}”` : 'it'} there.`)] : []),
    ]));
  list.addEventListener('toggle', () => { open.against = list.open; });
  return [list];
}

function title(view: TraceView, side: Side): string {
  if (view.contrast) return `Spoke for “${contrastNames(view.contrast).written}” in the ${side === 'prompt' ? 'prompt' : 'generation'}`;
  if (side === 'prompt') return 'Top sources in the prompt';
  return view.recursionSpan ? 'Passed through in the generation' : 'Top sources in the generation';
}

/** @param length of the bar, 0 to 1 */
function entry(source: TraceSource, rank: number, length: number, listener: SourceListener): HTMLElement {
  const button = el('button', { type: 'button', class: 'source', 'aria-label': `${rank}. ${source.text}, ${formatShare(source.share)}` },
    el('span', { class: 'rank' }, String(rank)),
    el('span', { class: 'quote' },
      el('span', { class: 'around' }, shortBefore(source.before)),
      el('strong', {}, oneLine(source.text)),
      el('span', { class: 'around' }, oneLine(source.after))),
    el('span', { class: 'number' }, formatShare(source.share)),
    filledBar(length));
  button.addEventListener('click', () => listener.onChoose(source));
  for (const type of ['pointerenter', 'focus']) button.addEventListener(type, () => listener.onPoint(source.tokens));
  for (const type of ['pointerleave', 'blur']) button.addEventListener(type, () => listener.onPoint(NOWHERE));
  return el('li', {}, button);
}

/** Template tokens take mass without being anybody's words: they are not listed, and this says how much that hides. */
function templateNote(view: TraceView, hop: HopChoice, side: Side): HTMLElement[] {
  const scores = scoresOfHop(view, hop);
  const hidden = scores.reduce((sum, score, i) => (view.tokens[i].region === 'template' && sideOf(view, i) === side ? sum + score : sum), 0);
  const total = sideTotals(view, hop)[side];
  if (!(hidden > 0)) return [];
  return [el('p', { class: 'note' }, `Not listed: chat template, ${formatShare(hidden / total)}.`)];
}

function shortBefore(before: string): string {
  const line = oneLine(before);
  // Chinese, Japanese and Korean characters are twice as wide as others.
  const length = WIDE.test(line) ? BEFORE_LENGTH / 2 : BEFORE_LENGTH;
  if (line.length <= length) return line;
  const tail = line.slice(-length);
  const space = tail.indexOf(' ');
  return '…' + (space >= 0 && space < tail.length - 1 ? tail.slice(space + 1) : tail);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ⏎ ');
}
