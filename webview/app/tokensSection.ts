import { contains, type TokenRange } from '../../src/concepts/ranges';
import { colourScale } from '../../src/view/colour/colourScale';
import { againstName } from '../../src/view/text/contrastText';
import { hasRows, rowView } from '../../src/view/trace/targetRows';
import { tokenFacts } from '../../src/view/trace/tokenFacts';
import { sideTotals } from '../../src/view/trace/totals';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { TargetBars } from '../targets/targetBars';
import { TargetChooser } from '../targets/targetChooser';
import { targetFacts } from '../targets/targetFacts';
import { TargetPreview } from '../targets/targetPreview';
import { legend } from '../tokens/legend';
import { TokenStream } from '../tokens/tokenStream';
import type { Tooltip } from '../tokens/tooltip';
import type { Choice, TraceListener } from './traceListener';

/** The tokens of one trace under their legend, and what pointing at one of them and choosing one does. */
export class TokensSection {
  readonly root: HTMLElement;
  /** Stands among the controls; null where the target tokens have no scores of their own. */
  readonly chooser: TargetChooser | null;
  /** Whether the text has changed since the trace. */
  isStale = false;
  private readonly stream: TokenStream;
  private readonly bars: TargetBars | null;
  private readonly preview = new TargetPreview(() => this.paint());
  private readonly legendSlot = el('div', { class: 'legend-slot' });
  private pointed: number | null = null;

  constructor(
    private readonly view: TraceView,
    private choice: Choice,
    hasEditor: boolean,
    private readonly tooltip: Tooltip,
    private readonly listener: Pick<TraceListener, 'onReveal' | 'onChoose'>,
  ) {
    this.stream = new TokenStream(view, {
      onPoint: (token, isHere) => this.point(token, isHere),
      onActivate: (token) => this.activate(token),
      onEscape: () => this.escape(),
    });
    this.chooser = hasRows(view) ? new TargetChooser(view, {
      onChoose: (token) => this.chooseTarget(token),
      onPreview: (token) => this.preview.point(token),
    }) : null;
    const { stream, chooser } = this;
    this.bars = hasRows(view) && chooser ? new TargetBars(view, (token) => [stream.box(token), chooser.chip(token)]) : null;
    this.root = el('section', { class: 'tokens', 'aria-label': 'Tokens' },
      this.legendSlot,
      el('p', { class: 'for-screen-readers', id: 'stream-help' }, streamHelp(hasEditor, chooser !== null)),
      stream.root);
  }

  /** To be called when all above the tokens is drawn: the tooltip is placed beside one of them. */
  show(choice: Choice): void {
    this.choice = choice;
    this.preview.end();
    this.paint();
    this.explain();
  }

  /** Sets the tokens of a source apart, with bars on what they led to (empty range: none). */
  light(tokens: TokenRange): void {
    this.stream.light(tokens);
    this.bars?.point(tokens);
  }

  scrollTo(token: number): void {
    this.stream.scrollTo(token);
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

  private chooseTarget(token: number | null): void {
    this.preview.end();
    if (token === this.choice.chosen) this.paint();
    else this.listener.onChoose(token);
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
