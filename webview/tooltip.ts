import { formatProbability, formatScore, formatShare } from '../src/shared/formatNumbers';
import type { HopChoice } from '../src/shared/colourScale';
import type { TokenFacts } from '../src/shared/traceSummary';
import { el } from './dom';
import { readable } from './readable';

const GAP = 8;
const KIND_NAMES = { template: 'template', prompt: 'prompt', reasoning: 'reasoning', answer: 'answer', stop: 'stop token' } as const;

/** What is known about one token, shown beside it. It never takes the pointer, so the tokens under it stay reachable. */
export class Tooltip {
  readonly root = el('div', { class: 'tooltip', role: 'tooltip', id: 'token-facts', hidden: true });
  private anchor: HTMLElement | null = null;

  constructor() {
    // Moving the focus scrolls the page after the tooltip is shown.
    addEventListener('scroll', () => this.place(), { capture: true, passive: true });
  }

  /** @param more what else there is to say, below the numbers */
  show(facts: TokenFacts, hop: HopChoice, anchor: HTMLElement, isStale: boolean, more: readonly HTMLElement[]): void {
    this.root.replaceChildren(...factsContent(facts, hop, more.length > 0), ...more, ...(isStale ? [el('p', {}, 'Of the text before the change.')] : []));
    this.root.hidden = false;
    this.anchor = anchor;
    this.place();
  }

  hide(): void {
    this.root.hidden = true;
    this.anchor = null;
  }

  /** Below the token, or above it where there is no room; never outside the window. */
  private place(): void {
    if (!this.anchor) return;
    const anchor = this.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const left = Math.max(GAP, Math.min(anchor.left, innerWidth - width - GAP));
    const below = anchor.bottom + GAP;
    const top = below + height + GAP <= innerHeight ? below : Math.max(GAP, anchor.top - height - GAP);
    this.root.style.left = `${left}px`;
    this.root.style.top = `${top}px`;
  }
}

function factsContent(facts: TokenFacts, hop: HopChoice, saysMore: boolean): HTMLElement[] {
  const head = el('div', { class: 'facts-head' },
    el('code', {}, readable(facts.text)),
    el('span', { class: 'kind' }, facts.isTarget ? 'traced span' : KIND_NAMES[facts.kind]));
  const rows: [string, string][] = [];
  if (facts.isTarget) {
    if (!saysMore) rows.push(['Score', 'this is the traced span']);
  } else {
    rows.push([hop === 'all' ? 'Score' : `Score, hop ${hop}`, formatScore(facts.score)]);
    if (facts.rank !== null) {
      rows.push([facts.side === 'prompt' ? 'Of the prompt' : 'Of the generation', formatShare(facts.share)]);
      rows.push(['Rank', `${facts.rank} of ${facts.rankedOf}`]);
    }
  }
  if (facts.probability !== null) rows.push(['Probability', formatProbability(facts.probability)]);
  const table = el('dl', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
  const content: HTMLElement[] = [head, table];
  if (!facts.isTarget && facts.perHop.length > 1 && facts.perHop.some((score) => score > 0)) content.push(hopBars(facts));
  return content;
}

function hopBars({ perHop, side }: TokenFacts): HTMLElement {
  const largest = Math.max(...perHop);
  return el('div', { class: `hop-bars ${side}` }, ...perHop.flatMap((score, hop) => {
    const fill = el('span', { class: 'fill' });
    fill.style.width = `${largest > 0 ? (100 * score) / largest : 0}%`;
    return [el('span', {}, `Hop ${hop}`), el('span', { class: 'track', 'aria-hidden': 'true' }, fill), el('span', { class: 'number' }, formatScore(score))];
  }));
}
