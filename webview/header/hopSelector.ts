import { formatShare } from '../../src/concepts/formatNumbers';
import type { HopChoice } from '../../src/view/trace/hopScores';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { radioStrip } from '../elements/radioStrip';

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
