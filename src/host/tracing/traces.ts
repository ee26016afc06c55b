import * as vscode from 'vscode';
import type { TraceOptions } from '../../concepts/method';
import type { Rewriting } from '../../concepts/trials/rewriting';
import type { Verification } from '../../concepts/trials/verification';
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
interface Move {
  readonly from: string;
  readonly to: string;
}

/** Closed documents whose traces wait for them to be opened again; the one that was closed first loses its trace first. */
const MOST_CLOSED = 32;

/** The latest trace of each document; follows the edits made after it. */
export class Traces implements vscode.Disposable {
  private readonly states = new Map<string, TraceState>();
  private readonly changed = new vscode.EventEmitter<string>();
  /** Fires with the document's URI when its trace is new, gone, stale, fresh again, verified, written anew, shows another target token, or its tokens moved. */
  readonly onDidChange = this.changed.event;
  private readonly moved = new vscode.EventEmitter<Move>();
  /** Fires when a trace belongs to another document from now on, before `onDidChange` does for both. */
  readonly onDidMove = this.moved.event;
  private readonly subscriptions: vscode.Disposable[];
  /** The document that was saved last. */
  private saved: vscode.TextDocument | null = null;

  constructor(private readonly settings: SettingsReader, private readonly texts: TracedTexts) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => { this.follow(event); }),
      vscode.workspace.onDidOpenTextDocument((document) => { this.reopened(document); }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.isClosed) this.closed(document); // else it was given another language
      }),
      vscode.workspace.onDidSaveTextDocument((document) => { this.saved = document; }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const state of [...this.states.values()]) {
          const to = uriAfterRename(state.uri, files);
          if (to) this.move(state, to.toString(), openDocument(state.uri)?.getText());
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

  /** What was written without the sources of a document's trace; nothing where the text is another one by now. */
  setRewritten(uri: string, rewritten: Rewriting | null): void {
    const state = this.states.get(uri);
    if (!state || state.stale) return;
    state.rewritten = rewritten;
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

  /** A document without a file ends with its trace, unless it was saved into one: then the trace goes on there. */
  private closed(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    const state = this.states.get(uri);
    if (!state) return;
    if (document.isUntitled) {
      // Saving it, VS Code writes its text into a document of the file, saves that, and takes all text out of this one before it closes it.
      const { saved } = this;
      const text = saved && !saved.isClosed && !saved.isUntitled ? saved.getText() : null;
      const isSaved = text !== null && text.length === state.textLength && textHash(text) === state.textHash;
      if (saved && isSaved) this.move(state, saved.uri.toString(), text);
      else this.clear(uri);
      return;
    }
    // To the end: the order of those that wait is the one in which they were closed.
    this.states.delete(uri);
    this.states.set(uri, state);
    const waiting = [...this.states.keys()].filter((known) => known === uri || !openDocument(known));
    for (const known of waiting.slice(0, -MOST_CLOSED)) this.clear(known);
  }

  /**
   * The trace goes with a document that has got another name, and takes the place of one that the name had.
   * @param text of the document under its old name, as far as it was open
   */
  private move(state: TraceState, to: string, text: string | undefined): void {
    const from = state.uri;
    const next = state.movedTo(to);
    this.states.delete(from);
    this.states.set(to, next);
    this.texts.remember(to, next);
    // One that is not open is looked at when it is. Under its new name it may come back from its file, without the edits that were followed.
    const now = openDocument(to)?.getText();
    if (now !== undefined && now === text) next.follow([], now);
    else if (now !== undefined) next.reopen(now);
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
