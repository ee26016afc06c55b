import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';

/** What the area tells of. */
export interface StatusFacts {
  /** The text has changed since the trace. */
  readonly stale: boolean;
  readonly trace: TraceView | null;
  readonly busy: { readonly message: string; readonly fraction: number | null } | null;
  readonly notice: string | null;
}

export interface StatusListener {
  onCancel(): void;
  onRerun(): void;
}

/** What is going on, above the trace: a run with its progress, one sentence of the host, how the text was read, and text that has changed since. */
export class StatusArea {
  private readonly message = el('span', { class: 'message' });
  private readonly fill = el('span', { class: 'fill' });
  private readonly bar = el('span', { class: 'progress', role: 'progressbar', 'aria-label': 'Progress' }, this.fill);
  private readonly busy: HTMLElement;
  private readonly notice = el('p', { class: 'banner notice', hidden: true });
  private readonly notes = el('div', { class: 'banner notes', hidden: true });
  private readonly rerun = el('button', { type: 'button', class: 'button' }, 'Rerun');
  private readonly stale: HTMLElement;
  readonly root: HTMLElement;

  constructor(listener: StatusListener) {
    const cancel = el('button', { type: 'button', class: 'button secondary' }, 'Cancel');
    cancel.addEventListener('click', () => listener.onCancel());
    this.rerun.addEventListener('click', () => listener.onRerun());
    this.busy = el('div', { class: 'banner busy', hidden: true }, el('div', { class: 'busy-line' }, this.message, cancel), this.bar);
    this.stale = el('div', { class: 'banner stale', hidden: true }, el('span', { class: 'message' }, 'The text has changed since this trace.'), this.rerun);
    this.root = el('div', { class: 'status', role: 'status' }, this.busy, this.notice, this.notes, this.stale);
  }

  show({ busy, notice, stale, trace }: StatusFacts): void {
    this.busy.hidden = busy === null;
    if (busy) {
      this.message.textContent = busy.message;
      this.bar.classList.toggle('unknown', busy.fraction === null);
      if (busy.fraction === null) this.bar.removeAttribute('aria-valuenow');
      else this.bar.setAttribute('aria-valuenow', String(Math.round(100 * busy.fraction)));
      this.fill.style.width = busy.fraction === null ? '' : `${100 * busy.fraction}%`;
    }
    this.notice.hidden = notice === null;
    this.notice.textContent = notice;
    this.notes.hidden = !trace?.notes;
    this.notes.replaceChildren(...(trace?.notes ?? []).map((text) => el('p', {}, text)));
    this.stale.hidden = !stale || trace === null;
    this.rerun.disabled = busy !== null;
  }
}
