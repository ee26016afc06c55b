import * as vscode from 'vscode';
import type { TraceOptions } from '../../concepts/method';
import type { Verification } from '../../concepts/verification';
import { validRow } from '../../view/trace/targetRows';
import type { TraceView } from '../../view/trace/traceView';
import { textEdits } from '../documents/editorDocuments';
import { LiveRanges } from '../documents/liveRanges';
import { textHash } from '../documents/textHash';
import type { SettingsReader } from '../settings/settingsReader';
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

/** A place in the conversation that was traced. */
export function placeOf(state: Pick<TraceState, 'live'> | undefined): number | undefined {
  return state?.live.current.find((range) => range !== null)?.start;
}

/** Edits made at once, and the length of the text after them. */
export interface TextChange {
  readonly edits: ReturnType<typeof textEdits>;
  readonly length: number;
}

/** The latest trace of each document; follows the edits made after it. */
export class Traces implements vscode.Disposable {
  private readonly states = new Map<string, TraceState>();
  private readonly changed = new vscode.EventEmitter<string>();
  /** Fires with the document's URI when its trace is new, gone, stale, fresh again, verified, shows another target token, or its tokens moved. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly settings: SettingsReader, private readonly texts: TracedTexts) {
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
   * Takes a new trace in, in the place of the document's last one.
   * @param text what was traced
   * @param since changes made to the document after that
   */
  add(document: vscode.TextDocument, view: TraceView, options: TraceOptions, text: string, since: readonly TextChange[] = []): TraceState {
    const uri = document.uri.toString();
    const state = this.createState(uri, view, options, textHash(text), text.length);
    for (const { edits, length } of since) state.live.apply(edits, length);
    this.settle(state, document);
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

  /** What trying the sources of a document's trace out has shown; nothing where the text is another one by now. */
  setVerified(uri: string, verified: Verification | null): void {
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
