import type { CutResult } from '../../src/concepts/cuts';
import type { CharRange, TokenRange } from '../../src/concepts/ranges';
import type { Rewriting } from '../../src/concepts/trials/rewriting';
import type { Verification } from '../../src/concepts/trials/verification';
import { SOURCE_UNITS } from '../../src/protocol/panel/panelState';
import { rowView } from '../../src/view/trace/targetRows';
import type { TraceView } from '../../src/view/trace/traceView';
import { cutList } from '../cuts/cutList';
import { el } from '../elements/dom';
import { radioStrip } from '../elements/radioStrip';
import { hopSelector } from '../header/hopSelector';
import { rerunControls } from '../header/rerunControls';
import { traceHeader } from '../header/traceHeader';
import { shareBar } from '../sources/shareBar';
import { sourceLists, type OpenLists } from '../sources/sourceList';
import { missingRows } from '../targets/missingRows';
import { rewrittenList } from '../rewritten/rewrittenList';
import type { Tooltip } from '../tokens/tooltip';
import { verifiedList } from '../verified/verifiedList';
import { TokensSection } from './tokensSection';
import type { Choice, TraceListener } from './traceListener';

/** One trace: header, controls, summary and tokens. Built once per trace; another hop or target token repaints. */
export class TraceSection {
  readonly root: HTMLElement;
  private readonly tokens: TokensSection;
  private readonly shareSlot = el('div', { class: 'share-slot' });
  private readonly verifiedSlot = el('div', { class: 'verified-slot' });
  private readonly rewrittenSlot = el('div', { class: 'rewritten-slot' });
  private readonly sourceSlot = el('div', { class: 'source-slot' });
  private readonly units = radioStrip('Sources', SOURCE_UNITS, (unit) => (unit === 'words' ? 'Words' : 'Sentences'), (unit) => this.listener.onUnit(unit));
  /** Beside each other or in a column of their own there is room for both lists; a narrow panel begins with one. */
  private readonly openLists: OpenLists = { prompt: true, generation: innerWidth >= 600, against: false };
  private awaitsVerified = false;

  constructor(
    private readonly view: TraceView,
    choice: Choice,
    private readonly hasEditor: boolean,
    tooltip: Tooltip,
    private readonly listener: TraceListener,
  ) {
    this.tokens = new TokensSection(view, choice, hasEditor, tooltip, listener);
    const controls = [
      ...(this.tokens.chooser?.elements ?? hopSelector(view, choice.hop, (hop) => listener.onHop(hop))),
      ...(hasEditor ? [rerunControls(view, { onRerun: (method, hops) => listener.onRerun(method, hops), onContrast: () => listener.onContrast() })] : []),
    ];
    this.root = el('div', { class: 'trace' },
      traceHeader(view),
      ...(controls.length > 0 ? [el('div', { class: 'controls' }, ...controls)] : []),
      ...missingRows(view, hasEditor ? () => listener.onRerun(view.method, 0) : null),
      el('div', { class: 'columns' },
        el('div', { class: 'summary' }, this.shareSlot, el('div', { class: 'lists' }, ...(this.measured ? [] : [this.units.root]), this.sourceSlot), this.verifiedSlot, this.rewrittenSlot),
        this.tokens.root));
    this.show(choice);
  }

  /** What cuts have found; before the first, the lists are those of the trace that leads. */
  private get measured(): CutResult | null {
    const { cuts } = this.view;
    return cuts && cuts.passages.length > 0 ? cuts : null;
  }

  show(choice: Choice): void {
    const shown = rowView(this.view, choice.chosen);
    this.shareSlot.replaceChildren(shareBar(shown));
    this.units.check(choice.unit);
    const onPoint = (tokens: TokenRange) => this.tokens.light(tokens);
    this.sourceSlot.replaceChildren(...(this.measured
      ? [cutList(this.view, this.measured, { onPoint, onChoose: ({ tokens, range }) => this.chooseSource(tokens, range) })]
      : sourceLists(shown, choice, this.openLists, { onPoint, onChoose: ({ tokens, range }) => this.chooseSource(tokens, range ?? undefined) })));
    this.tokens.show(choice);
  }

  showVerified(verified: Verification | null): void {
    this.verifiedSlot.replaceChildren(...verifiedList(this.view, verified, {
      onPoint: (tokens) => this.tokens.light(tokens),
      onChoose: ({ tokens, range }) => this.chooseSource(tokens, range),
      onVerify: this.hasEditor ? () => this.verify() : null,
    }));
    // The button that was pressed is another one now, and a disabled one loses the focus.
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (this.awaitsVerified && verified && isLost) this.verifiedSlot.querySelector('button')?.focus();
    this.awaitsVerified = false;
  }

  showRewritten(rewritten: Rewriting | null): void {
    this.rewrittenSlot.replaceChildren(...rewrittenList(rewritten, {
      onPoint: (tokens) => this.tokens.light(tokens),
      onShow: (index) => this.listener.onShowRewritten(index),
      onRewrite: this.hasEditor ? () => this.listener.onRewrite() : null,
    }));
  }

  /** For results that somebody has waited for. */
  reveal(what: 'verified' | 'rewritten'): void {
    (what === 'verified' ? this.verifiedSlot : this.rewrittenSlot).scrollIntoView({ block: 'nearest' });
  }

  showState(isStale: boolean, isBusy: boolean): void {
    this.tokens.isStale = isStale;
    this.root.classList.toggle('is-stale', isStale);
    for (const control of this.root.querySelectorAll<HTMLButtonElement>('button.button')) control.disabled = isBusy;
  }

  mark(token: number | null): void {
    this.tokens.mark(token);
  }

  private verify(): void {
    this.awaitsVerified = true;
    this.listener.onVerify();
  }

  private chooseSource(tokens: TokenRange, range?: CharRange): void {
    this.tokens.scrollTo(tokens.start);
    this.listener.onReveal(tokens, range);
  }
}
