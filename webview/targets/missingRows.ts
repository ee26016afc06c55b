import { isByToken } from '../../src/concepts/method';
import { targetLength } from '../../src/view/trace/targetRows';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';

/**
 * Says that the rows of a token-wise trace were too many to keep, where that is so.
 * @param onRerun traces the same span again; null where nothing can be run
 */
export function missingRows(view: TraceView, onRerun: (() => void) | null): HTMLElement[] {
  if (!isByToken(view.method) || view.matrix || targetLength(view) < 2) return [];
  const size = `${targetLength(view).toLocaleString('en')} target tokens by ${view.tokens.length.toLocaleString('en')} tokens`;
  if (!onRerun) return [el('p', { class: 'missing-rows' }, `This page shows the mean: the scores of every target token by itself (${size}) are too many for it.`)];
  const button = el('button', { type: 'button', class: 'button' }, 'Rerun');
  button.addEventListener('click', onRerun);
  return [el('div', { class: 'missing-rows' },
    el('p', {}, `This is the mean: the scores of every target token by itself (${size}) were too many to keep over the reload.`), button)];
}
