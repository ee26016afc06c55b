import type { Contrast } from '../../src/concepts/contrast';
import { formatProbability, formatScore, formatShare } from '../../src/concepts/formatNumbers';
import { contrastNames } from '../../src/view/text/contrastText';
import { readable } from '../../src/view/text/readable';
import type { HopChoice } from '../../src/view/trace/hopScores';
import type { TokenFacts } from '../../src/view/trace/tokenFacts';
import { el } from '../elements/dom';
import { filledBar } from '../elements/filledBar';

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

  /**
   * @param shown the hop that the numbers refer to, and what the trace compares
   * @param more what else there is to say, below the numbers
   */
  show(facts: TokenFacts, shown: { readonly hop: HopChoice; readonly contrast: Contrast | null }, anchor: HTMLElement, isStale: boolean, more: readonly HTMLElement[]): void {
    this.root.replaceChildren(...factsContent(facts, shown, more.length > 0), ...more, ...(isStale ? [el('p', {}, 'Of the text before the change.')] : []));
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

function factsContent(facts: TokenFacts, { hop, contrast }: { readonly hop: HopChoice; readonly contrast: Contrast | null }, saysMore: boolean): HTMLElement[] {
  const head = el('div', { class: 'facts-head' },
    el('code', {}, readable(facts.text)),
    el('span', { class: 'kind' }, facts.isTarget ? 'traced span' : KIND_NAMES[facts.kind]));
  const rows: [string, string][] = [];
  if (facts.isTarget) {
    if (!saysMore) rows.push(['Score', 'this is the traced span']);
  } else {
    const names = contrast && contrastNames(contrast);
    const ofHop = hop === 'all' ? '' : `, hop ${hop}`;
    rows.push([`${names ? `For “${names.written}”` : 'Score'}${ofHop}`, formatScore(facts.score)]);
    if (facts.rank !== null) {
      rows.push([facts.side === 'prompt' ? 'Of the prompt' : 'Of the generation', formatShare(facts.share)]);
      rows.push(['Rank', `${facts.rank} of ${facts.rankedOf}`]);
    }
    if (facts.against && facts.against.score > 0) {
      rows.push([`${names ? `For “${names.other}”` : 'Against'}${ofHop}`, formatScore(facts.against.score)]);
      rows.push([names ? `Of all for “${names.other}”` : 'Of all against it', formatShare(facts.against.share)]);
    }
  }
  if (facts.probability !== null) rows.push(['Probability', formatProbability(facts.probability)]);
  const table = el('dl', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
  const content: HTMLElement[] = [head, table];
  if (!facts.isTarget && facts.perHop.length > 1 && [...facts.perHop, ...(facts.against?.perHop ?? [])].some((score) => score > 0)) content.push(hopBars(facts));
  return content;
}

/** What a hop gave, and below it, with a minus, what worked against the target in it. */
function hopBars({ perHop, against, side }: TokenFacts): HTMLElement {
  const largest = Math.max(...perHop, ...(against?.perHop ?? []));
  const bar = (name: string, score: number, sign: '' | '−'): HTMLElement[] =>
    [el('span', {}, name), filledBar(score / largest, sign ? 'track against' : 'track'), el('span', { class: 'number' }, `${score > 0 ? sign : ''}${formatScore(score)}`)];
  return el('div', { class: `hop-bars ${side}` }, ...perHop.flatMap((score, hop) => {
    const opposed = against?.perHop[hop] ?? 0;
    return [...bar(`Hop ${hop}`, score, ''), ...(opposed > 0 ? bar('', opposed, '−') : [])];
  }));
}
