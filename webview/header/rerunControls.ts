import { defaultHops, hasHops, METHODS, MOST_HOPS, TRACE_METHODS, type TraceMethod } from '../../src/concepts/method';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';

export interface RerunListener {
  onRerun(method: TraceMethod, hops: number): void;
  onContrast(): void;
}

/** Method, hops, the button that traces the same span again, and the one that asks why it and not another text. */
export function rerunControls(view: TraceView, { onRerun, onContrast }: RerunListener): HTMLElement {
  const method = el('select', {}, ...TRACE_METHODS.map((name) => el('option', { value: name }, METHODS[name].name)));
  const hops = el('select', {}, ...Array.from({ length: MOST_HOPS + 1 }, (_, n) => el('option', { value: n }, String(n))));
  method.value = view.method;
  hops.value = String(view.hopScores.length - 1);
  const whereHops = (): void => { hops.disabled = !hasHops(method.value as TraceMethod); };
  whereHops();
  const rather = el('button', { type: 'button', class: 'button secondary rather', title: 'Why this rather than another text?' }, 'Rather than…');
  rather.addEventListener('click', onContrast);
  method.addEventListener('change', () => {
    whereHops();
    hops.value = String(method.value === view.method ? view.hopScores.length - 1 : defaultHops(method.value as TraceMethod));
  });
  const form = el('form', { class: 'rerun', 'aria-label': 'Trace this span again' },
    el('label', { class: 'method' }, el('span', {}, 'Method'), method),
    el('label', {}, el('span', {}, 'Hops'), hops),
    el('button', { type: 'submit', class: 'button' }, 'Rerun'),
    rather);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onRerun(method.value as TraceMethod, hasHops(method.value as TraceMethod) ? Number(hops.value) : 0);
  });
  return form;
}
