import * as vscode from 'vscode';
import { openDocument, textEdits } from './editorDocuments';
import { uriAfterRename } from './renames';
import type { TextChange } from './textEdits';

/** What nobody saw: no range of before can be found after it. */
const UNSEEN: TextChange = { edits: [], length: -1 };

/** A document from one moment on, through edits, another name, and being closed and opened again. */
export class FollowedDocument implements vscode.Disposable {
  private readonly seen: TextChange[] = [];
  private readonly subscriptions: vscode.Disposable;
  private uri: string;

  constructor(private current: vscode.TextDocument) {
    this.uri = current.uri.toString();
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === this.current) this.seen.push({ edits: textEdits(event), length: event.document.getText().length });
      }),
      // VS Code opens the document under its new name, says that it was renamed, and closes the old one, mostly in this order.
      vscode.workspace.onDidRenameFiles(({ files }) => {
        this.uri = uriAfterRename(this.uri, files)?.toString() ?? this.uri;
        const renamed = openDocument(this.uri);
        if (renamed && renamed !== this.current) this.goOnIn(renamed);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (document.uri.toString() === this.uri && document !== this.current) this.goOnIn(document);
      }),
    );
  }

  /** The document as it is open now; the closed one where it was closed. */
  get document(): vscode.TextDocument {
    return this.current;
  }

  /** What was changed, in order. */
  get changes(): readonly TextChange[] {
    return this.seen;
  }

  /** Whether its text is gone: a document without a file was closed. */
  get isGone(): boolean {
    return this.current.isClosed && this.current.isUntitled;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private goOnIn(document: vscode.TextDocument): void {
    if (document.getText() !== this.current.getText()) this.seen.push(UNSEEN);
    this.current = document;
  }
}
