import * as vscode from 'vscode';
import { CancelledError, ColdStateError, SpanError } from '../engine/errors';
import type { Alternatives } from '../shared/contrast';
import { contrastNames } from '../shared/contrastText';
import type { TraceParams, TraceTarget } from '../shared/engineProtocol';
import { validRow } from '../shared/targetRows';
import type { TraceOptions, TraceResult } from '../shared/traceResult';
import { toTraceView, type TraceView } from '../shared/traceView';
import type { Verification, VerifyOptions } from '../shared/verification';
import { verificationSummary } from '../shared/verificationText';
import { withinBudget } from './budgetQuestion';
import { openDocument, textEdits, transcriptDocument } from './documents';
import type { EngineHost } from './engineHost';
import { LiveRanges } from './liveRanges';
import type { Log } from './log';
import type { Runs } from './runs';
import type { SettingsReader } from './settings';
import { textHash } from './textHash';
import type { TracedTexts } from './tracedTexts';

/** The trace of one document and where its tokens stand now. */
export interface TraceState {
  readonly uri: string;
  readonly view: TraceView;
  /** What Rerun repeats. */
  readonly options: TraceOptions;
  readonly textHash: string;
  readonly textLength: number;
  readonly live: LiveRanges;
  /** True while the document's text differs from the traced one. */
  stale: boolean;
  /** The target token of a token-wise trace whose sources are shown; null for the mean of all. */
  chosen: number | null;
  /** What trying its sources out has shown; null before that and once the text has changed. */
  verified: Verification | null;
}

/** What a target is compared with: text, and where it is a single token in place of the target's first one, its id in a model's vocabulary. */
export interface OtherText {
  readonly text: string;
  readonly id?: number;
  readonly model?: string;
}

/** Traces documents, keeps the latest trace of each and follows the edits made after it. */
export class TraceController implements vscode.Disposable {
  private readonly states = new Map<string, TraceState>();
  private readonly changed = new vscode.EventEmitter<string>();
  /** Fires with the document's URI when its trace is new, gone, stale, fresh again, verified, shows another target token, or its tokens moved. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly host: EngineHost,
    private readonly settings: SettingsReader,
    private readonly runs: Runs,
    private readonly texts: TracedTexts,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => { this.follow(event); }),
      vscode.workspace.onDidOpenTextDocument((document) => { this.reopened(document); }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.isUntitled) this.clear(document.uri.toString());
      }),
    ];
  }

  get(uri: string): TraceState | undefined {
    return this.states.get(uri);
  }

  /**
   * Attributes `target` and makes the result the document's trace.
   * @param other of a contrasted trace: what the target is compared with
   * @throws EngineError; `CancelledError` when cancelled or superseded
   */
  trace(document: vscode.TextDocument, target: TraceTarget, options: TraceOptions, other: OtherText | null = null): Promise<TraceState> {
    return withinBudget((exceedBudget) => this.run(document, target, options, other, exceedBudget));
  }

  /**
   * What else could stand where `target` begins, by the model of that name.
   * @throws EngineError; `CancelledError` when cancelled or superseded
   */
  alternatives(document: vscode.TextDocument, target: TraceTarget): Promise<Alternatives & { readonly model: string }> {
    const request = { ...this.settings.loadParams(this.settings.read()), document: transcriptDocument(document), target };
    return withinBudget((exceedBudget) => this.runs.run(document.uri.toString(), 'Looking for what else could stand there', async ({ signal, report }) => {
      const call = { signal, onProgress: report };
      const { name } = await this.host.load(request, call);
      const found = await this.host.engine.call('alternatives', { ...request, exceedBudget }, call);
      if (signal.aborted) throw new CancelledError();
      return { ...found, model: name };
    }));
  }

  private async run(document: vscode.TextDocument, target: TraceTarget, options: TraceOptions, other: OtherText | null, exceedBudget: boolean): Promise<TraceState> {
    const uri = document.uri.toString();
    const request = { ...this.request(document, target, options), exceedBudget };
    // What is typed while the run goes on is followed from here, so that the result lands on the right characters.
    const edits: { edits: ReturnType<typeof textEdits>; length: number }[] = [];
    const recorder = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document) edits.push({ edits: textEdits(event), length: document.getText().length });
    });
    try {
      return await this.runs.run(uri, 'Tracing', async ({ signal, report }) => {
        const call = { signal, onProgress: report };
        const { name } = await this.host.load(request, call);
        // A token's id means something to its own model only.
        const ratherThan = other && (other.model === name ? other.id ?? other.text : other.text);
        const result = await this.host.engine.call('trace', { ...request, ...(ratherThan !== null && { ratherThan }) }, call);
        if (signal.aborted) throw new CancelledError();
        this.log.info(summary(request, result));
        const state = this.createState(uri, toTraceView(result, uri), options, textHash(request.document.text), request.document.text.length);
        for (const { edits: step, length } of edits) state.live.apply(step, length);
        this.settle(state, document);
        this.texts.remember(uri, state);
        this.changed.fire(uri);
        return state;
      });
    } finally {
      recorder.dispose();
    }
  }

  /**
   * The same from what the engine has in memory alone: no model is loaded or run, no engine started, and nothing is shown
   * meanwhile. The document keeps its trace when this fails.
   * @throws EngineError; `ColdStateError` when it takes the model, `CancelledError` also when the document changed meanwhile
   */
  async traceWarm(document: vscode.TextDocument, target: TraceTarget, options: TraceOptions, signal: AbortSignal): Promise<TraceState> {
    const uri = document.uri.toString();
    const request = { ...this.request(document, target, options), warmOnly: true };
    if (!this.host.holds(request)) throw new ColdStateError('The model that the settings name is not in memory; run Trace Selection, which loads it.');
    const { version } = document;
    const result = await this.host.engine.call('trace', request, { signal });
    if (signal.aborted || document.version !== version) throw new CancelledError();
    this.log.debug(`Live: ${summary(request, result)}`);
    const state = this.createState(uri, toTraceView(result, uri), options, textHash(request.document.text), request.document.text.length);
    this.texts.remember(uri, state);
    this.changed.fire(uri);
    return state;
  }

  /** Takes over a trace that a panel kept over a window reload; its text is known by the hash that was remembered. */
  restore(document: vscode.TextDocument, view: TraceView): void {
    const uri = document.uri.toString();
    const text = this.texts.recall(uri);
    if (!text || this.states.has(uri)) return;
    const threshold = this.settings.readOrDefault('renormThreshold');
    const options = { method: view.method, hops: Math.max(0, view.hopScores.length - 1), ...(threshold > 0 && { renormThreshold: threshold }) };
    const state = this.createState(uri, view, options, text.textHash, text.textLength);
    this.reopened(document);
    this.settle(state, document);
    this.changed.fire(uri);
  }

  /**
   * Traces a document's span again: its tokens, or after an edit the characters that are left of them. A contrasted trace stays one, except
   * with a method that cannot compare, which is said.
   * @param change options that differ from the last trace's
   * @throws EngineError; `SpanError` when there is nothing (left) to repeat
   */
  async rerun(uri: string, change: Partial<TraceOptions> = {}): Promise<TraceState> {
    const state = this.states.get(uri);
    const document = openDocument(uri);
    if (!state || !document) throw new SpanError('Nothing has been traced in this document yet; select a part of the generated text and run Trace Selection.');
    const { start, end } = state.view.target;
    const target = state.stale ? state.live.locateTokens(start, end) : { tokens: { start, end } };
    if (!target) throw new SpanError('The traced span has been edited away; select another part of the generated text and run Trace Selection.');
    const options = { ...state.options, ...change };
    const { contrast, modelName } = state.view;
    const keeps = contrast !== undefined && options.method === 'logit-flow';
    const next = await this.trace(document, target, options, keeps ? { model: modelName, id: contrast.other.id, text: contrast.other.text } : null);
    if (contrast && !keeps) vscode.window.setStatusBarMessage(`$(info) No longer compared with “${contrastNames(contrast).other}”: only logit-flow compares`, 8000);
    return next;
  }

  /**
   * Tries the sources of a document's trace out: takes them out of the prompt one at a time. A text that has changed since is traced again
   * first. An edit or another trace ends it: what it would say belongs to what is shown.
   * @throws EngineError; `SpanError` when there is no trace, `CancelledError` also when the document or its trace changed meanwhile
   */
  async verify(uri: string, verify: VerifyOptions): Promise<TraceState> {
    const known = this.states.get(uri);
    const state = known && !known.stale ? known : await this.rerun(uri);
    const document = openDocument(uri);
    if (!document || state.stale) throw new CancelledError();
    const { start, end } = state.view.target;
    const request = { ...this.request(document, { tokens: { start, end } }, state.options), verify };
    const isCurrent = () => this.states.get(uri) === state && !state.stale;
    return withinBudget((exceedBudget) => this.runs.run(uri, 'Verifying sources', async ({ signal, abort, report }) => {
      const watcher = this.changed.event((changed) => { if (changed === uri && !isCurrent()) abort(); });
      try {
        if (!isCurrent()) throw new CancelledError();
        const call = { signal, onProgress: report };
        await this.host.load(request, call);
        const verified = await this.host.engine.call('verify', { ...request, exceedBudget }, call);
        if (signal.aborted) throw new CancelledError();
        this.log.info(`${request.document.name}: ${verificationSummary(verified)} ${verified.timings.modelRuns} runs, ${Math.round(verified.timings.verifyMs)} ms`);
        state.verified = verified;
        this.changed.fire(uri);
        return state;
      } finally {
        watcher.dispose();
      }
    }));
  }

  /** Takes over what a panel kept over a window reload beside its trace. */
  restoreVerified(uri: string, verified: Verification | null): void {
    const state = this.states.get(uri);
    if (!state || state.stale) return;
    state.verified = verified;
    this.changed.fire(uri);
  }

  /** Shows what led to one target token of a token-wise trace; null (and any other token) for all of them together. */
  choose(uri: string, token: number | null): void {
    const state = this.states.get(uri);
    const chosen = state ? validRow(state.view, token) : null;
    if (!state || state.chosen === chosen) return;
    state.chosen = chosen;
    this.changed.fire(uri);
  }

  clear(uri: string): void {
    if (this.states.delete(uri)) this.changed.fire(uri);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }

  private request(document: vscode.TextDocument, target: TraceTarget, options: TraceOptions): TraceParams {
    return { ...this.settings.loadParams(this.settings.read()), document: transcriptDocument(document), target, options };
  }

  private createState(uri: string, view: TraceView, options: TraceOptions, hash: string, length: number): TraceState {
    const live = new LiveRanges(view.tokens.map((token) => token.range), length);
    const state: TraceState = { uri, view, options, textHash: hash, textLength: length, live, stale: false, chosen: null, verified: null };
    this.states.set(uri, state);
    return state;
  }

  private follow(event: vscode.TextDocumentChangeEvent): void {
    const uri = event.document.uri.toString();
    const state = this.states.get(uri);
    // An event without edits is a change of the dirty flag, unless the length differs too (line endings).
    if (!state || (event.contentChanges.length === 0 && event.document.getText().length === state.textLength)) return;
    state.live.apply(textEdits(event), event.document.getText().length);
    this.settle(state, event.document);
    this.changed.fire(uri);
  }

  /** A closed document may have changed on disk: its trace fits the traced text or nothing. */
  private reopened(document: vscode.TextDocument): void {
    const state = this.states.get(document.uri.toString());
    if (!state) return;
    if (textHash(document.getText()) !== state.textHash) state.live.apply([], -1);
    this.settle(state, document);
    this.changed.fire(state.uri);
  }

  private settle(state: TraceState, document: vscode.TextDocument): void {
    const text = document.getText();
    state.stale = text.length !== state.textLength || textHash(text) !== state.textHash;
    if (!state.stale) state.live.reset();
    else state.verified = null;
  }
}

/** One line for the log. */
function summary({ document }: TraceParams, { options, target, tokens, timings }: TraceResult): string {
  return `${document.name}: ${options.method}, ${target.end - target.start} target tokens of ${tokens.length}, model ${Math.round(timings.modelMs)} ms, attribution ${Math.round(timings.traceMs)} ms`;
}
