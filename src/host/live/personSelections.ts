import * as vscode from 'vscode';

/** Tells what a person selects from what comes along with an edit, an undo, an editor that is shown again, or a source that the extension shows. */
export class PersonSelections implements vscode.Disposable {
  /** The latest selection of each document. */
  private readonly seen = new WeakMap<vscode.TextDocument, { readonly version: number; readonly selection: vscode.Selection }>();
  /** What the extension itself selects. */
  private own: { readonly uri: string; readonly selection: vscode.Range } | null = null;
  private readonly subscription = vscode.window.onDidChangeTextEditorSelection((event) => { this.changed(event); });

  constructor(private readonly onSelect: (document: vscode.TextDocument, selections: readonly vscode.Selection[]) => void) {}

  /** The next time that this is selected it is our doing (a source shown in the editor), not a wish for its trace. */
  expect(uri: string, selection: vscode.Range): void {
    this.own = { uri, selection };
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /**
   * `kind` alone does not tell: moving by words at the keyboard has none either. What comes along with an edit or an undo
   * has another version of the text, and what an editor restores when it is shown again is what it had.
   */
  private changed({ textEditor: { document }, selections, kind }: vscode.TextEditorSelectionChangeEvent): void {
    const [selection] = selections;
    const before = this.seen.get(document);
    this.seen.set(document, { version: document.version, selection });
    const byHand = kind === vscode.TextEditorSelectionChangeKind.Keyboard || kind === vscode.TextEditorSelectionChangeKind.Mouse;
    if (!byHand && before && (before.version !== document.version || before.selection.isEqual(selection))) return;
    if (!byHand && this.own?.uri === document.uri.toString() && this.own.selection.isEqual(selection)) return;
    this.own = null;
    this.onSelect(document, selections);
  }
}
