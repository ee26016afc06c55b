import { hasHops, type TraceMethod } from '../../src/concepts/method';
import type { CharRange, TokenRange } from '../../src/concepts/ranges';
import { traceTitle } from '../../src/view/text/contrastText';
import { cutsSummary } from '../../src/view/text/cutText';
import { rewritingSummary } from '../../src/view/text/rewritingText';
import { tokensRange } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';
import { hopCaption } from '../header/hopSelector';
import { emptyState } from '../status/emptyState';
import { StatusArea } from '../status/statusArea';
import { choiceAnnouncement } from '../targets/choiceText';
import { Tooltip } from '../tokens/tooltip';
import { verifiedAnnouncement } from '../verified/verifiedList';
import type { HostLink } from './hostLink';
import { EMPTY_MODEL, receive, restore, toState, type PanelModel } from './panelModel';
import { TraceSection } from './traceSection';

/** The panel: takes messages into the model, and brings the page from one model to the next. */
export class PanelApp {
  private model: PanelModel = EMPTY_MODEL;
  private section: TraceSection | null = null;
  private readonly tooltip = new Tooltip();
  private readonly status = new StatusArea({ onCancel: () => this.host.post({ type: 'cancel' }), onRerun: () => this.rerun() });
  private readonly content = el('main');
  private readonly announcer = el('p', { class: 'for-screen-readers', 'aria-live': 'polite' });

  constructor(private readonly host: HostLink) {
    document.body.append(this.status.root, this.content, this.announcer, this.tooltip.root);
    host.onMessage((message) => this.update(receive(this.model, message)));
    this.content.append(emptyState());
    if (host.initial) this.update(restore(host.initial));
    host.post({ type: 'ready' });
  }

  private update(next: PanelModel): void {
    const before = this.model;
    this.model = next;
    if (next.trace !== before.trace) this.drawTrace();
    else if (next.hop !== before.hop || next.chosen !== before.chosen || next.unit !== before.unit) this.section?.show(next);
    if (next.verified !== before.verified || next.trace !== before.trace) this.section?.showVerified(next.verified);
    if (next.rewritten !== before.rewritten || next.trace !== before.trace) this.section?.showRewritten(next.rewritten);
    this.status.show(next);
    this.section?.showState(next.stale, next.busy !== null);
    if (next.marked !== before.marked) this.section?.mark(next.marked);
    if (next.hop !== before.hop && next.trace) this.announcer.textContent = hopCaption(next.trace, next.hop) || 'All hops together.';
    if (next.trace && next.trace === before.trace && next.chosen !== before.chosen) this.announcer.textContent = choiceAnnouncement(next.trace, next.chosen);
    if (next.verified && next.verified !== before.verified) {
      this.announcer.textContent = verifiedAnnouncement(next.verified);
      if (before.busy) this.section?.reveal('verified');
    }
    if (next.rewritten && next.rewritten !== before.rewritten) {
      this.announcer.textContent = rewritingSummary(next.rewritten);
      if (before.busy) this.section?.reveal('rewritten');
    }
    if (next.trace !== before.trace || next.verified !== before.verified || next.stale !== before.stale || next.hop !== before.hop || next.chosen !== before.chosen || next.unit !== before.unit) this.host.save(toState(next));
  }

  private drawTrace(): void {
    const { trace } = this.model;
    this.tooltip.hide();
    this.section = trace && new TraceSection(trace, this.model, this.host.hasEditor, this.tooltip, {
      onReveal: (tokens, range) => this.reveal(tokens, range),
      onHop: (choice) => this.update({ ...this.model, hop: choice }),
      onUnit: (unit) => this.update({ ...this.model, unit }),
      onChoose: (token) => {
        this.update({ ...this.model, chosen: token });
        this.host.post({ type: 'choose', token });
      },
      onRerun: (method, hops) => this.rerun(method, hops),
      onVerify: () => this.host.post({ type: 'verify' }),
      onRewrite: () => this.host.post({ type: 'rewrite' }),
      onShowRewritten: (index) => this.host.post({ type: 'showRewritten', index }),
      onContrast: () => this.host.post({ type: 'contrast' }),
    });
    this.content.replaceChildren(this.section?.root ?? emptyState());
    // Cuts that come one after the other are told when all have.
    if (trace?.cuts && !trace.cuts.isComplete) return;
    this.announcer.textContent = trace ? `${traceTitle(trace)}: ${trace.tokens.length} tokens.${trace.cuts ? ` ${cutsSummary(trace.cuts)}` : ''}` : '';
  }

  /** Character ranges of a changed text point at other words: nothing is revealed then. */
  private reveal(tokens: TokenRange, characters?: CharRange): void {
    const range = this.model.trace && !this.model.stale ? (characters ?? tokensRange(this.model.trace, tokens)) : null;
    if (range) this.host.post({ type: 'reveal', range });
  }

  private rerun(method?: TraceMethod, hops?: number): void {
    const { trace } = this.model;
    if (!trace) return;
    const traced = hasHops(trace.method) ? trace.hopScores.length - 1 : 0;
    this.host.post({ type: 'rerun', method: method ?? trace.method, hops: hops ?? traced });
  }
}
