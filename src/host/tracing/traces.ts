import * as vscode from 'vscode';
import type { TraceOptions } from '../../concepts/method';
import type { Verification } from '../../concepts/verification';
import { validRow } from '../../view/trace/targetRows';
import type { TraceView } from '../../view/trace/traceView';
import { openDocument, textEdits } from '../documents/editorDocuments';
import { uriAfterRename } from '../documents/renames';
import type { TextChange } from '../documents/textEdits';
import { textHash } from '../documents/textHash';
import type { SettingsReader } from '../settings/settingsReader';
import type { TracedTexts } from './tracedTexts';
import { optionsOf, TraceState } from './traceState';

/** A document that has got another name. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Closed documents whose traces wait for them to be opened again; the one that was closed first loses its trace first. */
const MOST_CLOSED = 32;

/** The latest trace of each document; follows the edits made after it. */
export class Traces implements vscode.Disposable {
  private readonly states = new Map<string, TraceState>();
  private readonly changed = new vscode.EventEmitter<string>();
  /** Fires with the document's URI when its trace is new, gone, stale, fresh again, verified, shows another target token, or its tokens moved. */
  readonly onDidChange = this.changed.event;
  private readonly moved = new vscode.EventEmitter<Move>();
  /** Fires when a trace belongs to another document from now on, before `onDidChange` does for both. */
  readonly onDidMove = this.moved.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly settings: SettingsReader, private readonly texts: TracedTexts) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => { this.follow(event); }),
      vscode.workspace.onDidOpenTextDocument((document) => { this.reopened(document); }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.isClosed) this.closed(document); // else it was given another language
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const uri of [...this.states.keys()]) {
          const to = uriAfterRename(uri, files);
          if (to) this.move(uri, to.toString());
        }
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
    this.moved.dispose();
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

  /** A document without a file ends when it is closed, unless it has just been saved into one. */
  private closed(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (document.isUntitled && this.states.has(uri)) {
      const file = vscode.workspace.textDocuments.find((other) => !other.isUntitled && !this.states.has(other.uri.toString()) && other.getText() === document.getText());
      if (file) this.move(uri, file.uri.toString());
      else this.clear(uri);
    }
    const state = this.states.get(uri);
    if (!state) return;
    // To the end: the order of those that wait is the one in which they were closed.
    this.states.delete(uri);
    this.states.set(uri, state);
    const waiting = [...this.states.keys()].filter((known) => known === uri || !openDocument(known));
    for (const known of waiting.slice(0, -MOST_CLOSED)) this.clear(known);
  }

  /** The trace goes with a document that has got another name, and takes the place of one that the name had. */
  private move(from: string, to: string): void {
    const state = this.states.get(from);
    if (!state) return;
    const [before, now] = [openDocument(from), openDocument(to)];
    const next = state.movedTo(to);
    this.states.delete(from);
    this.states.set(to, next);
    this.texts.remember(to, next);
    // One that is not open is looked at when it is opened. Under its new name a document may come back from its file, without the edits that were followed.
    if (now && before?.getText() === now.getText()) next.follow([], now.getText());
    else if (now) next.reopen(now.getText());
    this.moved.fire({ from, to });
    this.changed.fire(from);
    this.changed.fire(to);
  }

  /** A closed document may have changed on disk: its trace fits the traced text or nothing. */
  private reopened(document: vscode.TextDocument): void {
    const state = this.states.get(document.uri.toString());
    if (!state) return;
    state.reopen(document.getText());
    this.changed.fire(state.uri);
  }
}
