import { formatScore, formatShare } from '../../src/concepts/formatNumbers';
import { contains } from '../../src/concepts/ranges';
import { sideOf, type Side } from '../../src/concepts/side';
import { readable } from '../../src/view/text/readable';
import { topSources } from '../../src/view/trace/sources';
import { bestTargets, hasRows, rowView, targetLength } from '../../src/view/trace/targetRows';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { filledBar } from '../elements/filledBar';

const LISTED = 3;

/** What the tooltip says beyond a token's numbers in a token-wise trace: sources of a target token, target tokens of a source. */
export function targetFacts(view: TraceView, token: number, chosen: number | null): HTMLElement[] {
  if (!hasRows(view)) return [];
  if (contains(view.target, token)) {
    const sources = topSources(rowView(view, token), { side: 'prompt', limit: LISTED });
    return [
      ...bars('prompt', 'From the prompt', sources.map(({ text, share }) => ({ name: readable(text), size: share, number: formatShare(share) }))),
      el('p', {}, token === chosen ? 'Click for the mean of all.' : `Token ${token - view.target.start + 1} of ${targetLength(view)}. Click to keep.`),
    ];
  }
  const side = sideOf(view, token);
  const targets = bestTargets(view, { start: token, end: token + 1 }, LISTED);
  return bars(side, 'Led most to', targets.map(({ text, ordinal, score }) => ({ name: `${readable(text)} (${ordinal})`, size: score, number: formatScore(score) })));
}

interface Bar {
  readonly name: string;
  readonly size: number;
  readonly number: string;
}

function bars(side: Side, title: string, entries: readonly Bar[]): HTMLElement[] {
  if (entries.length === 0) return [];
  return [
    el('p', { class: 'bars-title' }, title),
    el('div', { class: `hop-bars ${side}` }, ...entries.flatMap(({ name, size, number }) =>
      [el('code', {}, name), filledBar(size / entries[0].size), el('span', { class: 'number' }, number)])),
  ];
}
