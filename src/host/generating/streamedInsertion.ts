import * as vscode from 'vscode';
import { TranscriptError } from '../../engine/base/errors';
import type { EngineProgress } from '../../protocol/engine/messages';
import type { InsertionPoint } from '../../protocol/engine/requests';
import { openDocument, textEdits, visibleEditors } from '../documents/editorDocuments';
import { uriAfterRename } from '../documents/renames';
import type { TextEdit } from '../documents/textEdits';
import { InsertionTracker } from './insertionTracker';

/** Tries for an edit that the editor refuses because the document moved on between asking and applying. */
const MAX_TRIES = 20;

/** VS Code does not tell of a rename that failed. */
const LONGEST_PAUSE_MS = 5000;

/**
 * Between two pieces. VS Code refuses an edit whose document has changed since it was asked for: without rests a fast model
 * leaves no moment in which another extension, a formatter or a rename comes through.
 */
const REST_MS = 40;

/**
 * Writes a generation into a document while the person may go on editing it. All edits but the last leave the undo
 * step open, so that one undo takes the whole generation away; the newest piece is held back until it is known whether it is
 * the last one.
 */
export class StreamedInsertion implements vscode.Disposable {
  private point: InsertionPoint | null = null;
  private tracker: InsertionTracker | null = null;
  private waiting = '';
  private held = '';
  private written = false;
  private pumping: Promise<void> | null = null;
  private failure: TranscriptError | null = null;
  /** What it is about to be called. VS Code has asked for it; it may come to nothing. */
  private announcedUri: string | null = null;
  /** What the document will be called, until it is opened under that name. */
  private nextUri: string | null = null;
  /** Set while nothing may be written. */
  private pauseEnd: NodeJS.Timeout | undefined;
  /** What the person changed before the place was known; it refers to the text as it was sent to the engine. */
  private readonly earlier: TextEdit[][] = [];
  private readonly changes: vscode.Disposable;

  /**
   * Make it before the text goes to the engine.
   * @param onInterrupted called when the person edits the text that is being written, or closes the document
   */
  constructor(private document: vscode.TextDocument, private readonly onInterrupted: () => void) {
    this.changes = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document !== this.document || this.interrupted) return;
        if (!this.tracker) {
          this.earlier.push(textEdits(event));
          return;
        }
        this.tracker.observe(textEdits(event));
        if (this.interrupted) this.onInterrupted();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        // One that is given another language stays open; one that is moved is closed before or after the other is opened.
        if (document !== this.document || !document.isClosed || this.pauseEnd) return;
        if (this.announcedUri) void this.pause(); // the move took longer than the pause
        else this.onInterrupted();
      }),
      // Text written while VS Code moves or deletes the file would bring the old document back.
      vscode.workspace.onWillRenameFiles((event) => {
        const next = this.renamed(event.files);
        if (!next) return;
        this.announcedUri = next;
        event.waitUntil(this.pause());
      }),
      vscode.workspace.onWillDeleteFiles((event) => { if (this.renamed(event.files.map((uri) => ({ oldUri: uri, newUri: uri })))) event.waitUntil(this.pause()); }),
      // The text goes on under its new name, its undo steps too.
      vscode.workspace.onDidRenameFiles(({ files }) => {
        this.nextUri = this.renamed(files);
        const renamed = this.nextUri && openDocument(this.nextUri);
        if (renamed) this.goOnIn(renamed);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => { if (document.uri.toString() === this.nextUri) this.goOnIn(document); }),
      vscode.workspace.onDidDeleteFiles(() => { if (this.pauseEnd) this.goOn(); }),
    );
  }

  get interrupted(): boolean {
    return this.tracker?.interrupted === true;
  }

  /** Whether the person has put an end to it in the document. */
  get isTakenOver(): boolean {
    return this.interrupted || this.document.isClosed;
  }

  /** The document under its present name. */
  get target(): vscode.TextDocument {
    return this.document;
  }

  receive(progress: EngineProgress): void {
    if (progress.kind === 'insertion') {
      this.point = progress.insertion;
      this.tracker = new InsertionTracker(progress.insertion.offset);
      for (const edits of this.earlier) this.tracker.observe(edits);
      this.waiting = progress.insertion.head;
      if (this.interrupted) this.onInterrupted();
    } else if (progress.kind === 'text') {
      this.waiting += this.held;
      this.held = progress.text;
      this.startPump();
    }
  }

  /**
   * Writes what is left and the tail; does nothing when no text came or the person has taken over.
   * @throws TranscriptError when the document cannot be edited
   */
  async finish(): Promise<void> {
    while (this.pauseEnd && !this.interrupted) await new Promise((resolve) => setTimeout(resolve, REST_MS));
    await this.pumping;
    if (this.failure) throw this.failure;
    if (!this.point || (this.held === '' && !this.written)) return;
    const rest = this.waiting + this.held + this.point.tail;
    this.waiting = this.held = '';
    if (rest !== '') await this.insert(rest, true);
    if (this.failure) throw this.failure;
  }

  dispose(): void {
    clearTimeout(this.pauseEnd);
    this.changes.dispose();
  }

  private renamed(files: vscode.FileRenameEvent['files']): string | null {
    return uriAfterRename(this.document.uri.toString(), files)?.toString() ?? null;
  }

  /** Writes nothing for a while. @returns when what is being written is */
  private async pause(): Promise<void> {
    clearTimeout(this.pauseEnd);
    this.pauseEnd = setTimeout(() => { this.goOn(); }, LONGEST_PAUSE_MS);
    await this.pumping;
  }

  private goOn(): void {
    clearTimeout(this.pauseEnd);
    this.pauseEnd = undefined;
    const renamed = this.document.isClosed && this.announcedUri ? openDocument(this.announcedUri) : undefined;
    if (renamed) this.goOnIn(renamed);
    else if (this.document.isClosed) this.onInterrupted();
    else this.startPump();
  }

  private startPump(): void {
    // Cleared in a later turn of the event loop, so that a pump which finds nothing to do is cleared after it is set.
    this.pumping ??= this.pump().finally(() => { this.pumping = null; });
  }

  /** The document has got another name. VS Code copied its text at some moment before: what was written since is written again. */
  private goOnIn(renamed: vscode.TextDocument): void {
    const [text, now] = [this.document.getText(), renamed.getText()];
    this.document = renamed;
    this.nextUri = this.announcedUri = null;
    if (text !== now) this.bringUpToDate(text, now);
    this.goOn();
  }

  private bringUpToDate(text: string, now: string): void {
    if (!this.tracker) return;
    const lost = text.length - now.length;
    const { offset } = this.tracker;
    if (lost > 0 && text.slice(0, offset - lost) + text.slice(offset) === now) {
      this.tracker.takeBack(lost);
      this.waiting = text.slice(offset - lost, offset) + this.waiting;
    } else if (lost < 0 && text.slice(0, offset) + now.slice(offset, offset - lost) + text.slice(offset) === now) {
      this.tracker.observe([{ offset, removed: 0, inserted: now.slice(offset, offset - lost) }]); // written before, and not told yet
    } else {
      this.tracker.giveUp();
      this.onInterrupted();
    }
  }

  private async pump(): Promise<void> {
    while (this.waiting !== '' && !this.interrupted && !this.failure && !this.pauseEnd) {
      // Without an editor on screen there is no open undo step to add to: the text waits.
      if (visibleEditors(this.document.uri.toString()).length === 0) break;
      const text = this.waiting;
      this.waiting = '';
      await this.insert(text, false);
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
  }

  private async insert(piece: string, last: boolean): Promise<void> {
    const tracker = this.tracker!;
    // The document writes every line end its own way, and its change event says so.
    const text = piece.replace(/\r\n|\r|\n/g, this.document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
    for (let tries = 0; tries < MAX_TRIES && !tracker.interrupted && !this.document.isClosed; tries++) {
      tracker.expect(text);
      const at = this.document.positionAt(tracker.offset);
      const editor = visibleEditors(this.document.uri.toString())[0];
      // A read-only editor reports success and changes nothing: only the change event counts.
      if (await this.apply(editor, at, text, last) && !tracker.expecting) {
        this.written = true;
        if (editor) this.reveal(editor);
        return;
      }
      tracker.withdraw();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (this.document.isClosed && !last) this.waiting = piece + this.waiting; // it may be open under another name soon
    if (tracker.interrupted || this.document.isClosed) return;
    this.failure = new TranscriptError('The generated text could not be written, because the document cannot be edited; save a copy of it and generate there.');
    this.onInterrupted();
  }

  private apply(editor: vscode.TextEditor | undefined, at: vscode.Position, text: string, last: boolean): Thenable<boolean> {
    if (editor) return editor.edit((builder) => { builder.insert(at, text); }, { undoStopBefore: !this.written, undoStopAfter: last });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(this.document.uri, at, text);
    return vscode.workspace.applyEdit(edit);
  }

  /** Keeps the growing text in view, unless the person has scrolled away from where it ends. */
  private reveal(editor: vscode.TextEditor): void {
    const end = this.document.positionAt(this.tracker!.offset);
    const near = editor.visibleRanges.some((range) => end.line >= range.start.line && end.line <= range.end.line + 3);
    if (near) editor.revealRange(new vscode.Range(end, end), vscode.TextEditorRevealType.Default);
  }
}
