import { colourScale, type HopChoice } from '../src/shared/colourScale';
import type { TokenRange } from '../src/shared/ranges';
import type { TraceMethod } from '../src/shared/traceResult';
import { sideTotals, type TraceSource } from '../src/shared/traceSummary';
import type { TraceView } from '../src/shared/traceView';
import { hopSelector, rerunControls } from './controls';
import { el } from './dom';
import { legend } from './legend';
import { shareBar } from './shareBar';
import { sourceLists } from './sourceList';
import { TokenStream } from './tokenStream';
import type { Tooltip } from './tooltip';
import { traceHeader } from './traceHeader';

export interface TraceListener {
  /** Show these tokens in the editor, if they stand there. */
  onReveal(tokens: TokenRange): void;
  onHop(hop: HopChoice): void;
  onRerun(method: TraceMethod, hops: number): void;
}

/** One trace: header, controls, summary and tokens. Built once per trace; a change of hop repaints. */
export class TraceSection {
  readonly root: HTMLElement;
  readonly stream: TokenStream;
  private readonly legendSlot = el('div', { class: 'legend-slot' });
  private readonly sourceSlot = el('div', { class: 'source-slot' });
  private readonly rerun: HTMLElement | null;
  /** Beside each other or in a column of their own there is room for both lists; a narrow panel begins with one. */
  private readonly openLists = { prompt: true, reasoning: innerWidth >= 600 };
  private isStale = false;
  private pointed: number | null = null;

  constructor(
    private readonly view: TraceView,
    private hop: HopChoice,
    hasEditor: boolean,
    private readonly tooltip: Tooltip,
    private readonly listener: TraceListener,
  ) {
    this.stream = new TokenStream(view, {
      onPoint: (token) => this.point(token),
      onActivate: (token) => listener.onReveal({ start: token, end: token + 1 }),
    });
    this.rerun = hasEditor ? rerunControls(view, (method, hops) => listener.onRerun(method, hops)) : null;
    const hops = hopSelector(view, hop, (choice) => listener.onHop(choice));
    const controls = [...hops, ...(this.rerun ? [this.rerun] : [])];
    const help = `Arrow keys move, Home and End go to the ends${hasEditor ? ', Enter shows the token in the editor' : ''}.`;
    this.root = el('div', { class: 'trace' },
      traceHeader(view),
      ...(controls.length > 0 ? [el('div', { class: 'controls' }, ...controls)] : []),
      el('div', { class: 'columns' },
        el('div', { class: 'summary' }, shareBar(view), this.sourceSlot),
        el('section', { class: 'tokens', 'aria-label': 'Tokens' },
          this.legendSlot,
          el('p', { class: 'for-screen-readers', id: 'stream-help' }, help),
          this.stream.root)));
    this.showHop(hop);
  }

  showHop(hop: HopChoice): void {
    this.hop = hop;
    const scale = colourScale(this.view, hop);
    this.stream.paint(scale.buckets);
    this.legendSlot.replaceChildren(legend(scale, sideTotals(this.view, hop)));
    this.sourceSlot.replaceChildren(...sourceLists(this.view, hop, this.openLists, {
      onPoint: (tokens) => this.stream.light(tokens),
      onChoose: (source) => this.choose(source),
    }));
  }

  showState(isStale: boolean, isBusy: boolean): void {
    this.isStale = isStale;
    this.root.classList.toggle('is-stale', isStale);
    for (const control of this.rerun?.querySelectorAll<HTMLButtonElement>('button') ?? []) control.disabled = isBusy;
  }

  private choose({ tokens }: TraceSource): void {
    this.stream.scrollTo(tokens.start);
    this.listener.onReveal(tokens);
  }

  private point(token: number | null): void {
    if (this.pointed !== null) this.stream.describe(this.pointed, null);
    this.pointed = token;
    if (token === null) return this.tooltip.hide();
    this.tooltip.show(this.view, token, this.hop, this.stream.describe(token, this.tooltip.root.id), this.isStale);
  }
}
