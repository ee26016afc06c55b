import * as vscode from 'vscode';
import { TranscriptError } from '../engine/errors';
import type { InsertionPoint } from '../shared/engineProtocol';
import { textEdits, visibleEditors } from './documents';
import { InsertionTracker } from './insertionTracker';

/** An edit is refused when the document moved on between its making and its coming; more refusals in a row mean a read-only document. */
const MAX_REFUSALS = 20;

/**
 * Writes generated text into a document while it comes. All of it is one undo step: only `TextEditor.edit` can leave
 * out undo stops, so text waits while no editor shows the document, and what is left at the end goes in without one.
 * (The editor itself adds an undo stop when the person types or clicks in between.)
 */
export class GenerationStream implements vscode.Disposable {
  private tracker: InsertionTracker | null = null;
  private tail = '';
  private queue = '';
  private written = false;
  private pumping: Promise<void> | null = null;
  private failure: Error | null = null;
  private closed = false;
  private readonly subscriptions: vscode.Disposable[];

  /** @param stop called when nothing more can be written: the person edited the generated text, or closed or locked the document */
  constructor(private readonly document: vscode.TextDocument, private readonly stop: () => void) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document !== document || event.contentChanges.length === 0) return;
        this.tracker?.observe(textEdits(event));
        if (this.tracker?.interrupted) stop();
      }),
      vscode.workspace.onDidCloseTextDocument((gone) => {
        if (gone !== document) return;
        this.closed = true;
        stop();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => { this.pump(); }),
    ];
  }

  /**
   * Follows the document from here on.
   * @param edits what the person changed since the text was sent to the engine
   */
  begin({ offset, head, tail }: InsertionPoint, edits: readonly vscode.TextDocumentChangeEvent[]): void {
    this.tracker = new InsertionTracker(offset);
    for (const event of edits) this.tracker.observe(textEdits(event));
    this.queue = head;
    this.tail = tail;
  }

  push(text: string): void {
    this.queue += text;
    this.pump();
  }

  /**
   * Writes what is left, and the tail that the format wants behind it.
   * @throws TranscriptError when the document cannot be edited
   */
  async finish(): Promise<void> {
    if (this.tracker && (this.written || this.pumping !== null || this.hasText)) this.queue += this.tail;
    else this.queue = '';
    this.pump();
    await this.pumping;
    if (this.queue !== '' && this.writable) await this.writeUnseen();
    if (this.failure) throw this.failure;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** True once generated text has come, not the head alone. */
  private hasText = false;

  private get writable(): boolean {
    return this.tracker !== null && !this.tracker.interrupted && !this.closed && this.failure === null;
  }

  private get editor(): vscode.TextEditor | undefined {
    const shown = visibleEditors(this.document.uri.toString());
    return shown.find((editor) => editor === vscode.window.activeTextEditor) ?? shown[0];
  }

  private pump(): void {
    this.pumping ??= this.writeQueue().finally(() => { this.pumping = null; });
  }

  private async writeQueue(): Promise<void> {
    let refusals = 0;
    for (let editor = this.editor; this.queue !== '' && this.writable && editor; editor = this.editor) {
      if (await this.writeInto(editor)) refusals = 0;
      else if (++refusals === MAX_REFUSALS) {
        this.failure = new TranscriptError('The generated text could not be written because the document cannot be edited; save a copy of it and generate there.');
        this.stop();
      }
    }
  }

  private async writeInto(editor: vscode.TextEditor): Promise<boolean> {
    const tracker = this.tracker!;
    const text = this.takeQueue();
    const at = this.document.positionAt(tracker.offset);
    const { active, isEmpty } = editor.selection;
    const follows = isEmpty && this.document.offsetAt(active) >= tracker.offset && this.document.getText().slice(tracker.offset).trim() === '';
    tracker.expect(text);
    const done = await editor.edit((edit) => { edit.insert(at, text); }, { undoStopBefore: !this.written, undoStopAfter: false }).then((ok) => ok, () => false);
    if (!done) {
      tracker.withdraw();
      this.queue = text + this.queue;
      return false;
    }
    this.written = true;
    if (follows) {
      const end = this.document.positionAt(tracker.offset);
      editor.selection = new vscode.Selection(end, end);
      editor.revealRange(new vscode.Range(end, end));
    }
    return true;
  }

  private async writeUnseen(): Promise<void> {
    const tracker = this.tracker!;
    const text = this.takeQueue();
    const edit = new vscode.WorkspaceEdit();
    edit.insert(this.document.uri, this.document.positionAt(tracker.offset), text);
    tracker.expect(text);
    await vscode.workspace.applyEdit(edit);
  }

  /** Line ends as the document has them, which is what its change event will say. */
  private takeQueue(): string {
    const eol = this.document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
    const text = this.queue.replace(/\r\n|\r|\n/g, eol);
    this.queue = '';
    return text;
  }
}
