import type { HopChoice } from '../../src/view/colour/colourScale';
import { formatShare } from '../../src/view/text/formatNumbers';
import { defaultHops, hasHops, TRACE_METHODS, type TraceMethod } from '../../src/concepts/traceResult';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { radioStrip } from '../elements/radioStrip';

export const METHOD_NAMES: Readonly<Record<TraceMethod, string>> = {
  'flashtrace': 'FlashTrace',
  'ifr-span': 'IFR, whole span',
  'ifr-tokenwise': 'IFR, token by token',
  'flashtrace-producing': 'FlashTrace, producing rows',
  'logit-flow': 'Logit flow',
};
const MOST_HOPS = 8;

/** Which hop the colours and the lists show: radio buttons drawn as one strip. Nothing to choose: nothing. */
export function hopSelector(view: TraceView, hop: HopChoice, onChoose: (hop: HopChoice) => void): HTMLElement[] {
  if (view.hopScores.length < 2) return [];
  const caption = el('p', { class: 'hop-caption', id: 'hop-caption' }, hopCaption(view, hop));
  const choices: HopChoice[] = ['all', ...view.hopScores.keys()];
  const strip = radioStrip('Hop', choices, (choice) => (choice === 'all' ? 'All hops' : `Hop ${choice}`), (choice) => {
    caption.textContent = hopCaption(view, choice);
    onChoose(choice);
  }, 'hop-caption');
  strip.check(hop);
  return [el('div', { class: 'hops' }, strip.root), caption];
}

/** What a hop means; all hops together need no explanation. */
export function hopCaption(view: TraceView, hop: HopChoice): string {
  if (hop === 'all') return '';
  if (hop === 0) return 'What the traced span itself reads.';
  const passed = formatShare(view.thinkingRatios[hop - 1] ?? 0);
  return `What those generated words read that hop ${hop - 1} points to. ${passed} of the score is passed on to this hop.`;
}

export interface RerunListener {
  onRerun(method: TraceMethod, hops: number): void;
  onContrast(): void;
}

/** Method, hops, the button that traces the same span again, and the one that asks why it and not another text. */
export function rerunControls(view: TraceView, { onRerun, onContrast }: RerunListener): HTMLElement {
  const method = el('select', {}, ...TRACE_METHODS.map((name) => el('option', { value: name }, METHOD_NAMES[name])));
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
