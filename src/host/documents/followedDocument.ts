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

  constructor(private current: vscode.TextDocument) {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === this.current) this.seen.push({ edits: textEdits(event), length: event.document.getText().length });
      }),
      // VS Code opens the document under its new name first, says that it was renamed, and closes the old one.
      vscode.workspace.onDidRenameFiles(({ files }) => {
        const uri = uriAfterRename(this.current.uri.toString(), files);
        const renamed = uri && openDocument(uri.toString());
        if (!renamed) return;
        if (renamed.getText() !== this.current.getText()) this.seen.push(UNSEEN);
        this.current = renamed;
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (!this.current.isClosed || document.uri.toString() !== this.current.uri.toString()) return;
        this.current = document;
        this.seen.push(UNSEEN);
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
}
