import { contains, type TokenRange } from '../../src/concepts/ranges';
import type { ColourScale } from '../../src/view/colour/colourScale';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { stepClass } from '../elements/stepClass';
import type { TokenPiece } from '../elements/tokenPiece';
import { streamLayout, type StreamBlock } from './streamLayout';
import { moveFocus } from './tokenKeys';

export interface StreamListener {
  /** The pointer or the keyboard is on this token, or on none. @param isHere false where a click left the focus behind */
  onPoint(token: number | null, isHere: boolean): void;
  /** Click, Enter or Space. */
  onActivate(token: number): void;
  onEscape(): void;
}

/**
 * Every token of a trace in order. The DOM is built once; showing other scores changes class names only, and all events
 * are handled at the root, so 4,000 tokens cost no more than 40.
 */
export class TokenStream {
  readonly root: HTMLElement;
  private readonly boxes: HTMLElement[] = [];
  private readonly baseClass: string[] = [];
  private current = 0;
  private marked: number | null = null;
  private chosen: number | null = null;
  private shown: number | null = null;
  private lit: TokenRange = { start: 0, end: 0 };

  constructor(private readonly view: TraceView, private readonly listener: StreamListener) {
    const layout = streamLayout(view);
    const part = (side: StreamBlock['side']): HTMLElement[] => layout.filter((block) => block.side === side).map((block) => this.block(block));
    this.root = el('div', { class: 'stream', role: 'listbox', 'aria-label': 'Tokens', 'aria-describedby': 'stream-help' },
      el('div', { class: 'part prompt', role: 'presentation' }, ...part('prompt')),
      el('div', { class: 'part generation', role: 'presentation' }, ...part('generation')));
    this.setCurrent(view.target.start);
    this.listen();
  }

  /**
   * @param row the target token that they are about; null for the whole target
   */
  paint({ buckets, ramps }: ColourScale, row: number | null): void {
    this.root.classList.toggle('by-token', row !== null);
    this.boxes.forEach((box, i) => {
      const name = buckets[i] === 0 ? this.baseClass[i] : `${this.baseClass[i]} ${stepClass(ramps[i], buckets[i])}`;
      if (box.dataset.paint !== name) {
        box.dataset.paint = name;
        box.className = name;
      }
    });
    this.mark(this.marked, false);
    this.light(this.lit);
    this.choose(this.chosen);
    if (this.shown !== null) this.boxes[this.shown].classList.remove('shown');
    if (row !== null) this.boxes[row].classList.add('shown');
    this.shown = row;
  }

  /** Sets the chosen target token apart; null for none. What `paint` shows may be another one, for a moment. */
  choose(token: number | null): void {
    for (const [old, isChosen] of [[this.chosen, false], [token, true]] as const) {
      if (old === null) continue;
      this.boxes[old].classList.toggle('chosen', isChosen);
      if (isChosen) this.boxes[old].setAttribute('aria-selected', 'true');
      else this.boxes[old].removeAttribute('aria-selected');
    }
    this.chosen = token;
  }

  /** The token's element: bars are drawn on it. */
  box(token: number): HTMLElement {
    return this.boxes[token];
  }

  /** Shows where the editor's cursor is. */
  mark(token: number | null, scroll = true): void {
    if (this.marked !== null) {
      this.boxes[this.marked]?.classList.remove('marked');
      this.boxes[this.marked]?.removeAttribute('aria-current');
    }
    this.marked = token;
    if (token === null || !this.boxes[token]) return;
    this.boxes[token].classList.add('marked');
    this.boxes[token].setAttribute('aria-current', 'true');
    if (scroll) this.scrollTo(token);
  }

  /** Sets a word apart while the pointer is on its entry in the list of sources. */
  light(tokens: TokenRange): void {
    for (let i = this.lit.start; i < this.lit.end; i++) this.boxes[i].classList.remove('lit');
    for (let i = tokens.start; i < tokens.end; i++) this.boxes[i].classList.add('lit');
    this.lit = tokens;
  }

  /** Returns the token's element. @param id the element that describes the token, null for none */
  describe(token: number, id: string | null): HTMLElement {
    if (id === null) this.boxes[token].removeAttribute('aria-describedby');
    else this.boxes[token].setAttribute('aria-describedby', id);
    return this.boxes[token];
  }

  scrollTo(token: number): void {
    this.boxes[token].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  private block(block: StreamBlock): HTMLElement {
    const text = el('div', { class: 'text', role: 'presentation' });
    for (const piece of block.pieces) text.append(piece.lead, this.makeBox(piece), piece.trail);
    const name = block.side === 'prompt' && block.label !== 'Prompt' ? `Prompt, ${block.label}` : block.label;
    return el('div', { class: 'block', role: 'group', 'aria-label': name },
      el('div', { class: 'role', 'aria-hidden': 'true' }, block.label), text);
  }

  private makeBox({ token, text, glyphs }: TokenPiece): HTMLElement {
    const { kind } = this.view.tokens[token];
    const { target } = this.view;
    const classes = ['tok', kind];
    if (contains(target, token)) {
      classes.push('target');
      if (token === target.start) classes.push('first');
      if (token === target.end - 1) classes.push('last');
    }
    const box = el('span', { role: 'option', tabindex: -1, 'data-token': token, 'data-glyphs': glyphs || null, class: classes.join(' ') }, text);
    this.boxes[token] = box;
    this.baseClass[token] = box.className;
    return box;
  }

  private listen(): void {
    const { root, listener } = this;
    const point = (target: EventTarget | null): void => listener.onPoint(tokenOf(target), target instanceof HTMLElement && target.matches(':hover, :focus-visible'));
    // Moving the focus scrolls tokens under a pointer that rests: it has not been moved to them.
    let [restsX, restsY] = [NaN, NaN];
    root.addEventListener('pointerover', (event) => {
      if (event.screenX !== restsX || event.screenY !== restsY) point(event.target);
    });
    root.addEventListener('pointermove', (event) => { [restsX, restsY] = [event.screenX, event.screenY]; }, { passive: true });
    root.addEventListener('pointerleave', () => point(document.activeElement));
    root.addEventListener('focusin', (event) => {
      const token = tokenOf(event.target);
      if (token !== null) this.setCurrent(token);
      point(event.target);
    });
    root.addEventListener('focusout', () => point(null));
    root.addEventListener('click', (event) => {
      const token = tokenOf(event.target);
      if (token !== null) listener.onActivate(token);
    });
    root.addEventListener('keydown', (event) => this.onKey(event));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') return this.listener.onEscape();
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return this.listener.onActivate(this.current);
    }
    const next = moveFocus(this.boxes, this.current, event.key);
    if (next === null) return;
    event.preventDefault();
    this.boxes[next].focus();
  }

  /** The one token that Tab reaches (roving tabindex). */
  private setCurrent(token: number): void {
    this.boxes[this.current]?.setAttribute('tabindex', '-1');
    this.current = token;
    this.boxes[token]?.setAttribute('tabindex', '0');
  }
}

function tokenOf(target: EventTarget | null): number | null {
  const token = target instanceof HTMLElement ? target.dataset.token : undefined;
  return token === undefined ? null : Number(token);
}
