import * as vscode from 'vscode';
import type { TraceOptions } from '../../concepts/method';
import type { CharRange } from '../../concepts/ranges';
import { toErrorData } from '../../engine/base/errors';
import { toCharRange } from '../documents/editorDocuments';
import { textHash } from '../documents/textHash';
import type { GenerateController } from '../generating/generateController';
import type { EngineHost } from '../runs/engineHost';
import type { Log } from '../runs/log';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settingsReader';
import { traceOptions } from '../settings/settingsSchema';
import type { TraceController } from '../tracing/traceController';
import type { Traces } from '../tracing/traces';
import { LiveSchedule } from './liveSchedule';
import { liveTarget } from './liveTarget';
import { PersonSelections } from './personSelections';

/** Below this a pause between two key presses counts as none; above it the colours feel late. */
const QUIET_MS = 40;
/** During a drag the colours follow this often. */
const MAX_WAIT_MS = 150;

/**
 * Whether a document's selection is traced: `off` by the setting, `none` where nothing has been traced or generated, `cold` where
 * the model would have to run first (the text was edited, its state is gone), else `ready`.
 */
export type LiveState = 'off' | 'none' | 'cold' | 'ready';

interface LiveRequest {
  readonly document: vscode.TextDocument;
  readonly range: CharRange;
}

/**
 * Traces what the person selects, as they select it. It uses what the engine has in memory and nothing else, says nothing
 * when it cannot, and gives way to every run that somebody asked for.
 */
export class LiveTrace implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when a document's state may be another one and neither settings, engine, runs nor traces have changed. */
  readonly onDidChange = this.changed.event;
  private readonly schedule = new LiveSchedule<LiveRequest>({
    quietMs: QUIET_MS,
    maxWaitMs: MAX_WAIT_MS,
    clock: {
      now: () => performance.now(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => { clearTimeout(timer); };
      },
    },
    isHeld: ({ document }) => this.busy.has(document.uri.toString()),
    run: (request, signal) => this.serve(request, signal),
  });
  /** Documents in which a run that somebody asked for is under way. */
  private readonly busy = new Set<string>();
  /** Hash of the text that a generation left, by document. */
  private readonly generated = new Map<string, string>();
  /** Hash of the text for which the engine said `cold`, by document: it is not asked again until a run has ended. */
  private readonly cold = new Map<string, string>();
  private readonly selections = new PersonSelections((document, selections) => { this.consider(document, selections); });
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly host: EngineHost,
    private readonly settings: SettingsReader,
    private readonly runs: Runs,
    private readonly traces: Traces,
    private readonly tracing: TraceController,
    generations: GenerateController,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      this.selections,
      runs.onDidChange((uri) => { this.runChanged(uri); }),
      generations.onDidGenerate((document) => {
        this.generated.set(document.uri.toString(), textHash(document.getText()));
        this.changed.fire();
      }),
      traces.onDidChange((uri) => {
        const trace = traces.get(uri);
        if (!trace) this.forget(uri);
        else if (trace.stale) this.dropFor(uri);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => { this.schedule.drop((request) => request.document === document); }),
      settings.onDidChange(() => { if (!this.isOn) this.schedule.drop(); }),
    ];
  }

  get isOn(): boolean {
    return this.settings.readOrDefault('liveTrace');
  }

  state(document: vscode.TextDocument): LiveState {
    const uri = document.uri.toString();
    if (!this.isOn) return 'off';
    const trace = this.traces.get(uri);
    if (!trace && !this.generated.has(uri)) return 'none';
    if (!this.host.holds(this.settings.loadParamsOrDefault())) return 'cold';
    const hash = trace && !trace.stale ? trace.textHash : textHash(document.getText());
    const isKnown = hash === trace?.textHash || hash === this.generated.get(uri);
    return isKnown && this.cold.get(uri) !== hash ? 'ready' : 'cold';
  }

  /** Turns the mode on, which traces what is selected, or off. */
  async toggle(): Promise<void> {
    await this.settings.write('liveTrace', !this.isOn);
    const { isOn } = this;
    vscode.window.setStatusBarMessage(isOn ? '$(eye) Live trace is on: the colours follow the selection' : '$(eye-closed) Live trace is off', 4000);
    const editor = vscode.window.activeTextEditor;
    if (isOn && editor) this.consider(editor.document, editor.selections);
  }

  /** @see PersonSelections.expect */
  expectSelection(uri: string, selection: vscode.Range): void {
    this.selections.expect(uri, selection);
  }

  dispose(): void {
    this.schedule.drop();
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }

  private consider(document: vscode.TextDocument, selections: readonly vscode.Selection[]): void {
    if (selections.length !== 1 || selections[0].isEmpty || this.state(document) !== 'ready') return;
    const request = { document, range: toCharRange(document, selections[0]) };
    // What is shown already still takes the place of what waits.
    if (this.look(request).target !== 'nothing') this.schedule.ask(request);
  }

  /** What a request comes to as things stand: the method and hops are those of the document's last trace. */
  private look({ document, range }: LiveRequest): { readonly options: TraceOptions; readonly target: ReturnType<typeof liveTarget> } {
    const trace = this.traces.get(document.uri.toString());
    const options = trace?.options ?? traceOptions({
      method: this.settings.readOrDefault('method'),
      hops: this.settings.readOrDefault('hops'),
      renormThreshold: this.settings.readOrDefault('renormThreshold'),
    });
    return { options, target: liveTarget(range, trace && !trace.stale ? trace.view : null, options) };
  }

  private async serve(request: LiveRequest, signal: AbortSignal): Promise<void> {
    const { document, range } = request;
    if (this.state(document) !== 'ready') return;
    const { options, target } = this.look(request);
    if (target !== 'trace') return;
    try {
      await this.tracing.traceWarm(document, range, options, signal);
    } catch (error) {
      const { code, message } = toErrorData(error);
      if (code === 'cancelled') return;
      this.log.debug(`Live: ${message}`);
      if (code === 'cold') this.setCold(document);
    }
  }

  private setCold(document: vscode.TextDocument): void {
    this.cold.set(document.uri.toString(), textHash(document.getText()));
    this.changed.fire();
  }

  private runChanged(uri: string): void {
    const isBusy = this.runs.progress(uri) !== null;
    if (isBusy && !this.busy.has(uri)) {
      this.busy.add(uri);
      this.dropFor(uri);
    } else if (!isBusy && this.busy.delete(uri)) {
      if (this.cold.delete(uri)) this.changed.fire();
      this.schedule.resume();
    }
  }

  /** Whoever clears a document wants its colours gone until they trace or generate again. */
  private forget(uri: string): void {
    this.generated.delete(uri);
    this.cold.delete(uri);
    this.dropFor(uri);
  }

  private dropFor(uri: string): void {
    this.schedule.drop(({ document }) => document.uri.toString() === uri);
  }
}
