import { formatShare } from '../../src/concepts/formatNumbers';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';

const PARTS = [
  ['prompt', 'Prompt'],
  ['reasoning', 'Reasoning'],
  ['answer', 'Answer'],
  ['template', 'Template'],
  ['stop', 'Stop tokens'],
] as const;

/** Where the score went over all hops, region by region: a stacked bar, and the same in numbers. */
export function shareBar(view: TraceView): HTMLElement {
  const parts = PARTS.filter(([key]) => view.shares[key] > 0);
  const bar = el('div', { class: 'share-bar', 'aria-hidden': 'true' }, ...parts.map(([key]) => {
    const segment = el('span', { class: `segment ${key}` });
    segment.style.flexGrow = String(view.shares[key]);
    return segment;
  }));
  return el('section', { class: 'shares', 'aria-label': 'Where the score went' },
    el('h2', {}, 'Where the score went'),
    bar,
    el('ul', {}, ...parts.map(([key, name]) => el('li', {},
      el('span', { class: `swatch ${key}`, 'aria-hidden': 'true' }), `${name} `, el('span', { class: 'number' }, formatShare(view.shares[key]))))));
}
