import { ownTexts } from '../../src/concepts/tokenText';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { tokenPiece } from '../elements/tokenPiece';
import { choiceCaption, targetName } from './choiceText';

export interface ChooserListener {
  /** A target token, or null for all of them together. */
  onChoose(token: number | null): void;
  /** The pointer is on this target token, or on none. */
  onPreview(token: number | null): void;
}

/**
 * Which target token the colours and lists of a token-wise trace are about: a listbox of the target's tokens behind
 * "All target tokens". The choice follows the focus, as in the hop selector; all events are handled at the root.
 */
export class TargetChooser {
  /** The strip, and the caption that says what is shown. */
  readonly elements: readonly HTMLElement[];
  private readonly caption = el('p', { class: 'hop-caption one-line', id: 'target-caption' });
  private readonly strip: HTMLElement;
  /** The mean first, then the target tokens in order. */
  private readonly options: readonly HTMLElement[];
  private chosen = 0;

  constructor(private readonly view: TraceView, private readonly listener: ChooserListener) {
    const texts = ownTexts(view.tokens).slice(view.target.start, view.target.end);
    this.options = [
      el('span', { role: 'option', class: 'all', 'data-option': 0, 'aria-label': 'All target tokens, mean' }, 'All target tokens (mean)'),
      ...texts.map((own, k) => {
        const { text, glyphs } = tokenPiece(view.target.start + k, own);
        return el('span', { role: 'option', class: 'chip', 'data-option': k + 1, 'data-glyphs': glyphs || null, 'aria-label': targetName(view, view.target.start + k) }, text);
      }),
    ];
    this.strip = el('div', { class: 'targets', role: 'listbox', 'aria-label': 'Target token', 'aria-orientation': 'horizontal', 'aria-describedby': 'target-caption target-help' }, ...this.options);
    const help = 'Arrow keys choose a target token, Home and End the first and the last, Escape all of them together.';
    this.elements = [el('div', { class: 'hops' }, this.strip, el('p', { class: 'for-screen-readers', id: 'target-help' }, help)), this.caption];
    this.show(null, null);
    this.listen();
  }

  /** @param preview the token that is shown for the moment @param chosen the token that stays */
  show(chosen: number | null, preview: number | null): void {
    const option = this.optionOf(chosen);
    for (const old of this.strip.querySelectorAll('[aria-selected=true], [tabindex="0"]')) {
      old.setAttribute('aria-selected', 'false');
      old.setAttribute('tabindex', '-1');
    }
    this.options[option].setAttribute('aria-selected', 'true');
    this.options[option].setAttribute('tabindex', '0');
    if (option !== this.chosen) scrollInside(this.strip, this.options[option]);
    this.chosen = option;
    for (const old of this.strip.querySelectorAll('.lit')) old.classList.remove('lit');
    if (preview !== null) this.options[this.optionOf(preview)].classList.add('lit');
    this.caption.textContent = choiceCaption(this.view, preview ?? chosen);
  }

  /** The element of a target token: bars are drawn on it. */
  chip(token: number): HTMLElement {
    return this.options[this.optionOf(token)];
  }

  private optionOf(token: number | null): number {
    return token === null ? 0 : token - this.view.target.start + 1;
  }

  private tokenOf(option: number): number | null {
    return option === 0 ? null : this.view.target.start + option - 1;
  }

  private listen(): void {
    const optionAt = (event: Event): number | null => {
      const option = event.target instanceof HTMLElement ? event.target.dataset.option : undefined;
      return option === undefined ? null : Number(option);
    };
    this.strip.addEventListener('click', (event) => {
      const option = optionAt(event);
      if (option !== null) this.choose(option);
    });
    this.strip.addEventListener('pointerover', (event) => this.listener.onPreview(this.tokenOf(optionAt(event) ?? 0)));
    this.strip.addEventListener('pointerleave', () => this.listener.onPreview(null));
    this.strip.addEventListener('keydown', (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const next = nextOption(event.key, this.chosen, this.options.length - 1);
      if (next === null) return;
      event.preventDefault();
      this.choose(next);
    });
  }

  private choose(option: number): void {
    this.listener.onChoose(this.tokenOf(option));
    this.options[option].focus();
  }
}

/** Left of the first token are all of them together; Home and End are the ends of the target. */
function nextOption(key: string, current: number, last: number): number | null {
  switch (key) {
    case 'ArrowLeft': case 'ArrowUp': return Math.max(0, current - 1);
    case 'ArrowRight': case 'ArrowDown': return Math.min(last, current + 1);
    case 'Home': return 1;
    case 'End': return last;
    case 'Escape': return 0;
    default: return null;
  }
}

/** Scrolls the strip alone: `scrollIntoView` would move the page under the pointer. */
function scrollInside(strip: HTMLElement, option: HTMLElement): void {
  const [outer, inner] = [strip.getBoundingClientRect(), option.getBoundingClientRect()];
  if (inner.top < outer.top) strip.scrollTop += inner.top - outer.top - 4;
  else if (inner.bottom > outer.bottom) strip.scrollTop += inner.bottom - outer.bottom + 4;
}
