import * as vscode from 'vscode';
import type { TraceMethod } from '../../concepts/method';
import type { CharRange } from '../../concepts/ranges';
import { checkedState, isFromPanel } from '../../protocol/panel/checkedMessages';
import type { FromPanel, ToPanel } from '../../protocol/panel/messages';
import { fromStoredTrace } from '../../view/trace/storedTrace';
import type { Runs } from '../runs/runs';
import type { Traces } from '../tracing/traces';
import type { TraceState } from '../tracing/traceState';
import type { TraceSurface } from '../tracing/traceServices';
import { fillPage, PAGE_TITLE, pageOptions } from './panelPage';
import { revealTraced } from './revealTraced';

export const PANEL_VIEW_TYPE = 'flashtrace.trace';
/** Longer than the pause between two words selected at the keyboard, in ms. */
const FOLLOW_AFTER_MS = 200;

/** What the panel asks of the commands. */
export interface PanelActions {
  rerun(uri: string, method: TraceMethod, hops: number): void;
  verify(uri: string): void;
  rewrite(uri: string): void;
  /** @param index of the sources that answers were written anew without; null: the random sentence */
  showRewritten(uri: string, index: number | null): void;
  contrast(uri: string): void;
  /** The panel is about to select this in the document's editor. */
  select(uri: string, range: vscode.Range): void;
}

/**
 * The trace panel: one webview beside the editor that shows the trace of the document last traced or looked at. It
 * draws itself from its own kept state after a window reload, and is told here whether that still fits the text.
 */
export class TracePanel implements vscode.Disposable, vscode.WebviewPanelSerializer, TraceSurface {
  private panel: vscode.WebviewPanel | null = null;
  private panelSubscriptions: vscode.Disposable[] = [];
  private readonly subscriptions: vscode.Disposable[];
  private uri: string | null = null;
  private postTimer: NodeJS.Timeout | undefined;
  /** Whoever closes the panel does not get it back with the next trace. */
  private closedByPerson = false;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly traces: Traces,
    private readonly runs: Runs,
    private readonly actions: PanelActions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(PANEL_VIEW_TYPE, this),
      traces.onDidMove(({ from, to }) => { if (this.uri === from) this.uri = to; }),
      traces.onDidChange((uri) => { this.traceChanged(uri); }),
      runs.onDidChange((uri) => { if (uri === this.uri) this.postBusy(); }),
      vscode.window.onDidChangeActiveTextEditor((editor) => { this.follow(editor); }),
      vscode.window.onDidChangeTextEditorSelection((event) => { this.mark(event.textEditor); }),
    ];
  }

  /** The document whose trace is shown. */
  get shownUri(): string | null {
    return this.panel && this.uri;
  }

  /** Opens the panel, or brings it to the front, without taking the focus from the editor. */
  show(uri: string | null): void {
    this.closedByPerson = false;
    if (uri !== null) this.uri = uri;
    if (this.panel) {
      this.panel.reveal(undefined, true);
      this.postAll();
      return;
    }
    const panel = vscode.window.createWebviewPanel(PANEL_VIEW_TYPE, PAGE_TITLE, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, pageOptions(this.extensionUri));
    this.adopt(panel);
  }

  /** Opens the panel for a new trace, unless it was closed by hand. */
  showTrace(uri: string): void {
    this.uri = uri;
    if (this.panel) this.postAll();
    else if (!this.closedByPerson) this.show(uri);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: unknown): Promise<void> {
    panel.webview.options = pageOptions(this.extensionUri);
    const state = checkedState(kept);
    const trace = state?.trace;
    if (!state && kept !== undefined && kept !== null) this.log.warn('The trace that the panel kept over a reload has another form than this version\'s and was dropped.');
    if (state && trace?.documentName) {
      this.uri = trace.documentName;
      const document = await opened(trace.documentName);
      if (document) {
        this.traces.restore(document, fromStoredTrace(trace));
        this.traces.choose(this.uri, state.chosen);
        this.traces.setVerified(this.uri, state.verified ?? null);
      }
    }
    this.adopt(panel);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    clearTimeout(this.postTimer);
    this.panel?.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose(); // a restored panel takes the place of one that was opened meanwhile
    this.panel = panel;
    this.panelSubscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        if (isFromPanel(message)) void this.receive(message);
        else this.log.warn('A message of the panel has a form that it never sends and was dropped.');
      }),
      panel.onDidDispose(() => {
        for (const subscription of this.panelSubscriptions) subscription.dispose();
        this.panelSubscriptions = [];
        this.panel = null;
        this.closedByPerson = true;
      }),
    ];
    fillPage(panel, this.extensionUri);
  }

  private async receive(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.postAll();
        break;
      case 'reveal':
        await this.reveal(message.range);
        break;
      case 'choose':
        this.choose(message.token);
        break;
      case 'rerun':
        if (this.uri) this.actions.rerun(this.uri, message.method, message.hops);
        break;
      case 'contrast':
        if (this.uri) this.actions.contrast(this.uri);
        break;
      case 'verify':
        if (this.uri) this.actions.verify(this.uri);
        break;
      case 'rewrite':
        if (this.uri) this.actions.rewrite(this.uri);
        break;
      case 'showRewritten':
        if (this.uri) this.actions.showRewritten(this.uri, message.index);
        break;
      case 'cancel':
        if (this.uri) this.runs.cancel(this.uri);
        break;
    }
  }

  private traceChanged(uri: string): void {
    if (uri !== this.uri) return;
    const state = this.traces.get(uri);
    if (!state) this.post({ type: 'clear' });
    else if (this.posted?.view !== state.view) this.postSoon();
    else {
      if (this.posted.stale !== state.stale) this.post({ type: 'stale', stale: state.stale });
      if (this.posted.chosen !== state.chosen) this.post({ type: 'chosen', token: state.chosen });
      if (this.posted.verified !== state.verified) this.post({ type: 'verified', verified: state.verified });
      if (this.posted.rewritten !== state.rewritten) this.post({ type: 'rewritten', rewritten: state.rewritten });
      this.posted = known(state);
    }
  }

  /** What the panel knows: an edit must not send the whole trace again. */
  private posted: Pick<TraceState, 'view' | 'stale' | 'chosen' | 'verified' | 'rewritten'> | null = null;

  /** The panel shows its choice already: telling it back would undo a later one that is under way. */
  private choose(token: number | null): void {
    if (!this.uri || !this.posted) return;
    this.posted = { ...this.posted, chosen: token };
    this.traces.choose(this.uri, token);
  }

  /**
   * A trace that follows the selection comes here when the selection pauses: the window draws a panel of 1,000 words for
   * longer than the editor's colours, which would wait for it. What somebody asked for comes at once (`showTrace`).
   */
  private postSoon(): void {
    clearTimeout(this.postTimer);
    this.postTimer = setTimeout(() => { this.postAll(); }, FOLLOW_AFTER_MS);
  }

  private postAll(): void {
    clearTimeout(this.postTimer);
    const state = this.uri ? this.traces.get(this.uri) : undefined;
    // A restored panel whose document cannot be opened any more keeps showing what it kept.
    if (state) {
      this.posted = known(state);
      this.post({ type: 'trace', trace: state.view, stale: state.stale, chosen: state.chosen });
      if (state.verified) this.post({ type: 'verified', verified: state.verified });
      if (state.rewritten) this.post({ type: 'rewritten', rewritten: state.rewritten });
    }
    this.postBusy();
    const editor = vscode.window.activeTextEditor;
    if (editor) this.mark(editor);
  }

  private postBusy(): void {
    this.post({ type: 'busy', busy: this.uri ? this.runs.progress(this.uri) : null });
  }

  private post(message: ToPanel): void {
    void this.panel?.webview.postMessage(message);
  }

  /** Looking at another traced document shows its trace. */
  private follow(editor: vscode.TextEditor | undefined): void {
    const uri = editor?.document.uri.toString();
    if (!uri || uri === this.uri || !this.traces.get(uri)) return;
    this.uri = uri;
    this.postAll();
  }

  private mark(editor: vscode.TextEditor): void {
    const { document, selection } = editor;
    if (!this.panel || document.uri.toString() !== this.uri) return;
    this.post({ type: 'mark', token: this.traces.get(this.uri)?.live.tokenAt(document.offsetAt(selection.active)) ?? null });
  }

  private async reveal(traced: CharRange): Promise<void> {
    const state = this.uri ? this.traces.get(this.uri) : undefined;
    if (!state) return;
    const isShown = await revealTraced(state, traced, (selection) => { this.actions.select(state.uri, selection); });
    if (!isShown) this.post({ type: 'notice', message: 'These words have been edited since the trace; run it again to find them.' });
  }
}

/** Null for what cannot be opened any more, and for what is no address. */
async function opened(uri: string): Promise<vscode.TextDocument | null> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  } catch {
    return null;
  }
}

function known({ view, stale, chosen, verified, rewritten }: TraceState) {
  return { view, stale, chosen, verified, rewritten };
}
