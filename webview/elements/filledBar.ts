import { el } from './dom';

/** A bar filled from its start; what it tells stands beside it as a number. @param part that is filled, 0 to 1 @param name class names of the bar */
export function filledBar(part: number, name = 'track'): HTMLElement {
  const fill = el('span', { class: 'fill' });
  fill.style.width = `${100 * part}%`;
  return el('span', { class: name, 'aria-hidden': 'true' }, fill);
}
