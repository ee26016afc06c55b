import * as vscode from 'vscode';
import type { TraceOptions } from '../../concepts/method';
import type { Verification } from '../../concepts/verification';
import { validRow } from '../../view/trace/targetRows';
import type { TraceView } from '../../view/trace/traceView';
import { textEdits } from '../documents/editorDocuments';
import { textHash } from '../documents/textHash';
import type { SettingsReader } from '../settings/settingsReader';
import type { TracedTexts } from './tracedTexts';
import { optionsOf, TraceState, type TextChange } from './traceState';

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
    const state = new TraceState(uri, view, options, { textHash: textHash(text), textLength: text.length });
    this.states.set(uri, state);
    state.follow(since, document.getText());
    this.texts.remember(uri, state);
    this.changed.fire(uri);
    return state;
  }

  /** Takes over a trace that a panel kept over a window reload; its text is known by the hash that was remembered. */
  restore(document: vscode.TextDocument, view: TraceView): void {
    const uri = document.uri.toString();
    const text = this.texts.recall(uri);
    if (!text || this.states.has(uri)) return;
    this.states.set(uri, new TraceState(uri, view, optionsOf(view, this.settings.readOrDefault('renormThreshold')), text));
    this.reopened(document);
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

  private follow(event: vscode.TextDocumentChangeEvent): void {
    const uri = event.document.uri.toString();
    const state = this.states.get(uri);
    // An event without edits is a change of the dirty flag, unless the length differs too (line endings).
    if (!state || (event.contentChanges.length === 0 && event.document.getText().length === state.textLength)) return;
    const text = event.document.getText();
    state.follow([{ edits: textEdits(event), length: text.length }], text);
    this.changed.fire(uri);
  }

  private reopened(document: vscode.TextDocument): void {
    const state = this.states.get(document.uri.toString());
    if (!state) return;
    state.reopen(document.getText());
    this.changed.fire(state.uri);
  }
}
