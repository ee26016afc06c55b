import { colourScale, type HopChoice } from '../../src/view/colour/colourScale';
import { SOURCE_UNITS, type SourceUnit } from '../../src/protocol/panel/messages';
import { contains, type CharRange, type TokenRange } from '../../src/concepts/ranges';
import type { TraceMethod } from '../../src/concepts/traceResult';
import { hasRows, rowView } from '../../src/view/trace/targetRows';
import { againstName } from '../../src/view/text/contrastText';
import { sideTotals, tokenFacts } from '../../src/view/trace/traceSummary';
import type { TraceView } from '../../src/view/trace/traceView';
import type { Verification } from '../../src/concepts/verification';
import { hopSelector, rerunControls } from '../header/controls';
import { radioStrip } from '../elements/radioStrip';
import { el } from '../elements/dom';
import { legend } from '../tokens/legend';
import { missingRows } from '../targets/missingRows';
import { shareBar } from '../sources/shareBar';
import { sourceLists } from '../sources/sourceList';
import { TargetBars } from '../targets/targetBars';
import { TargetChooser } from '../targets/targetChooser';
import { targetFacts } from '../targets/targetFacts';
import { TargetPreview } from '../targets/targetPreview';
import { TokenStream } from '../tokens/tokenStream';
import type { Tooltip } from '../tokens/tooltip';
import { traceHeader } from '../header/traceHeader';
import { verifiedList } from '../verified/verifiedList';

export interface TraceListener {
  /** Show these tokens in the editor, if they stand there. @param range of their characters, where it is not whole tokens */
  onReveal(tokens: TokenRange, range?: CharRange): void;
  onHop(hop: HopChoice): void;
  onUnit(unit: SourceUnit): void;
  /** A target token of a token-wise trace, or null for all of them together. */
  onChoose(token: number | null): void;
  onRerun(method: TraceMethod, hops: number): void;
  onVerify(): void;
  /** Asks why the target and not another text. */
  onContrast(): void;
}

/** What of the trace is shown. */
export interface Choice {
  readonly hop: HopChoice;
  readonly chosen: number | null;
  readonly unit: SourceUnit;
}

/** One trace: header, controls, summary and tokens. Built once per trace; another hop or target token repaints. */
export class TraceSection {
  readonly root: HTMLElement;
  private readonly stream: TokenStream;
  private readonly chooser: TargetChooser | null;
  private readonly bars: TargetBars | null;
  private readonly preview = new TargetPreview(() => this.paint());
  private readonly legendSlot = el('div', { class: 'legend-slot' });
  private readonly shareSlot = el('div', { class: 'share-slot' });
  private readonly verifiedSlot = el('div', { class: 'verified-slot' });
  private readonly sourceSlot = el('div', { class: 'source-slot' });
  private readonly units = radioStrip('Sources', SOURCE_UNITS, (unit) => (unit === 'words' ? 'Words' : 'Sentences'), (unit) => this.listener.onUnit(unit));
  private readonly rerun: HTMLElement | null;
  /** Beside each other or in a column of their own there is room for both lists; a narrow panel begins with one. */
  private readonly openLists = { prompt: true, reasoning: innerWidth >= 600, against: false };
  private isStale = false;
  private awaitsVerified = false;
  private pointed: number | null = null;

  constructor(
    private readonly view: TraceView,
    private choice: Choice,
    private readonly hasEditor: boolean,
    private readonly tooltip: Tooltip,
    private readonly listener: TraceListener,
  ) {
    this.stream = new TokenStream(view, {
      onPoint: (token, isHere) => this.point(token, isHere),
      onActivate: (token) => this.activate(token),
      onEscape: () => this.escape(),
    });
    this.rerun = hasEditor ? rerunControls(view, { onRerun: (method, hops) => listener.onRerun(method, hops), onContrast: () => listener.onContrast() }) : null;
    this.chooser = hasRows(view) ? new TargetChooser(view, {
      onChoose: (token) => this.chooseTarget(token),
      onPreview: (token) => this.preview.point(token),
    }) : null;
    const { stream, chooser } = this;
    this.bars = hasRows(view) && chooser ? new TargetBars(view, (token) => [stream.box(token), chooser.chip(token)]) : null;
    const choosers = chooser?.elements ?? hopSelector(view, choice.hop, (hop) => listener.onHop(hop));
    const controls = [...choosers, ...(this.rerun ? [this.rerun] : [])];
    this.root = el('div', { class: 'trace' },
      traceHeader(view),
      ...(controls.length > 0 ? [el('div', { class: 'controls' }, ...controls)] : []),
      ...missingRows(view, hasEditor ? () => listener.onRerun(view.method, 0) : null),
      el('div', { class: 'columns' },
        el('div', { class: 'summary' }, this.shareSlot, el('div', { class: 'lists' }, this.units.root, this.sourceSlot), this.verifiedSlot),
        el('section', { class: 'tokens', 'aria-label': 'Tokens' },
          this.legendSlot,
          el('p', { class: 'for-screen-readers', id: 'stream-help' }, streamHelp(hasEditor, chooser !== null)),
          stream.root)));
    this.show(choice);
  }

  show(choice: Choice): void {
    this.choice = choice;
    this.preview.end();
    this.paint();
    const shown = rowView(this.view, choice.chosen);
    this.shareSlot.replaceChildren(shareBar(shown));
    this.units.check(choice.unit);
    this.sourceSlot.replaceChildren(...sourceLists(shown, choice, this.openLists, {
      onPoint: (tokens) => {
        this.stream.light(tokens);
        this.bars?.point(tokens);
      },
      onChoose: ({ tokens, range }) => this.chooseSource(tokens, range ?? undefined),
    }));
    this.explain();
  }

  showVerified(verified: Verification | null): void {
    this.verifiedSlot.replaceChildren(...verifiedList(this.view, verified, {
      onPoint: (tokens) => {
        this.stream.light(tokens);
        this.bars?.point(tokens);
      },
      onChoose: ({ tokens, range }) => this.chooseSource(tokens, range),
      onVerify: this.hasEditor ? () => this.verify() : null,
    }));
    // The button that was pressed is another one now, and a disabled one loses the focus.
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (this.awaitsVerified && verified && isLost) this.verifiedSlot.querySelector('button')?.focus();
    this.awaitsVerified = false;
  }

  /** For results that somebody has waited for. */
  revealVerified(): void {
    this.verifiedSlot.scrollIntoView({ block: 'nearest' });
  }

  showState(isStale: boolean, isBusy: boolean): void {
    this.isStale = isStale;
    this.root.classList.toggle('is-stale', isStale);
    for (const control of this.root.querySelectorAll<HTMLButtonElement>('button.button')) control.disabled = isBusy;
  }

  /** Shows where the editor's cursor is, and what the token there led to. */
  mark(token: number | null): void {
    this.stream.mark(token);
    this.bars?.pin(token);
  }

  /** Colours and what belongs to them; nothing here may move the tokens, since the pointer is on them in a preview. */
  private paint(): void {
    const { view, choice: { hop, chosen }, preview } = this;
    const token = preview.token ?? chosen;
    const shown = rowView(view, token);
    const scale = colourScale(shown, hop);
    this.stream.choose(chosen);
    this.stream.paint(scale, token);
    this.chooser?.show(chosen, preview.token);
    this.legendSlot.replaceChildren(legend(scale, { totals: sideTotals(shown, hop), against: againstName(shown), perToken: this.chooser !== null }));
  }

  private verify(): void {
    this.awaitsVerified = true;
    this.listener.onVerify();
  }

  private chooseTarget(token: number | null): void {
    this.preview.end();
    if (token === this.choice.chosen) this.paint();
    else this.listener.onChoose(token);
  }

  private chooseSource(tokens: TokenRange, range?: CharRange): void {
    this.stream.scrollTo(tokens.start);
    this.listener.onReveal(tokens, range);
  }

  /** Target tokens of a token-wise trace are chosen (and given up again); any other token is shown in the editor. */
  private activate(token: number): void {
    if (this.isChoice(token)) return this.chooseTarget(token === this.choice.chosen ? null : token);
    this.bars?.pin(token);
    this.listener.onReveal({ start: token, end: token + 1 });
  }

  private escape(): void {
    this.point(null, true);
    this.bars?.pin(null);
    if (this.chooser) this.chooseTarget(null);
  }

  private point(token: number | null, isHere: boolean): void {
    if (this.pointed !== null) this.stream.describe(this.pointed, null);
    this.pointed = token;
    const isTarget = token !== null && this.isChoice(token);
    this.preview.point(isTarget && isHere ? token : null);
    this.bars?.point(token === null || isTarget ? null : { start: token, end: token + 1 });
    if (token === null) this.tooltip.hide();
    this.explain();
  }

  /** Says beside the token that is pointed at what the colours mean for it. */
  private explain(): void {
    const { view, pointed, choice: { hop, chosen } } = this;
    if (pointed === null) return;
    const facts = tokenFacts(rowView(view, this.isChoice(pointed) ? pointed : chosen), pointed, hop);
    this.tooltip.show(facts, { hop, contrast: view.contrast ?? null }, this.stream.describe(pointed, this.tooltip.root.id), this.isStale, targetFacts(view, pointed, chosen));
  }

  private isChoice(token: number): boolean {
    return this.chooser !== null && contains(this.view.target, token);
  }
}

function streamHelp(hasEditor: boolean, choosesTargets: boolean): string {
  const enter = [...(hasEditor ? ['shows the token in the editor'] : []), ...(choosesTargets ? ['on a target token shows what led to it'] : [])];
  return `Arrow keys move, Home and End go to the ends${enter.length > 0 ? `, Enter ${enter.join(', ')}` : ''}${choosesTargets ? ', Escape goes back to all target tokens' : ''}.`;
}
