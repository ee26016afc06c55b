// The gallery page: one state of the panel in one theme at one width; the arrow keys go through the states.
import { THEME_KINDS } from '../../src/view/colour/palette';
import { el } from '../elements/dom';
import { SCENARIOS } from './scenarios';

const WIDTHS = [300, 460, 640, 1200];

const states = choice('State', Object.keys(SCENARIOS));
const themes = choice('Theme', THEME_KINDS);
const widths = choice('Width', WIDTHS.map(String));
widths.value = '640';
const frame = el('iframe', { title: 'Panel' });

function choice(label: string, values: readonly string[]): HTMLSelectElement {
  const select = el('select', { 'aria-label': label }, ...values.map((value) => el('option', { value }, value)));
  select.addEventListener('change', draw);
  return select;
}

function draw(): void {
  frame.style.width = `${widths.value}px`;
  frame.src = `frame.html?state=${states.value}&theme=${themes.value}`;
}

addEventListener('keydown', (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined || event.target instanceof HTMLSelectElement) return;
  states.selectedIndex = (states.selectedIndex + step + states.length) % states.length;
  draw();
});

document.body.append(el('nav', {}, states, themes, widths), frame);
draw();
