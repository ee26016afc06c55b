import { el } from '../elements/dom';

/** Shown while there is no trace: what to do to get one. */
export function emptyState(): HTMLElement {
  const steps: readonly (readonly (string | HTMLElement)[])[] = [
    ['Open a transcript: a prompt and what a model wrote to it.'],
    ['Highlight words of the answer or the reasoning.'],
    ['Run ', el('strong', {}, 'FlashTrace: Trace Selection'), ' from the Command Palette or the editor’s context menu.'],
  ];
  const word = (text: string, name: string): HTMLElement => el('span', { class: `tok ${name}` }, text);
  return el('section', { class: 'empty' },
    el('p', { class: 'demo', 'aria-hidden': 'true' },
      'Borealis is ', word('based', 'p4'), ' in ', word('Oslo', 'p10'), '.', el('br'), 'So ', word('she', 'r3'), ' works ', word('in', 'r5'), ' ', word('Oslo', 'target first last'), '.'),
    el('h1', {}, 'See what led to any words a model wrote'),
    el('ol', {}, ...steps.map((step) => el('li', {}, ...step))));
}
