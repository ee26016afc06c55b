import type * as vscode from 'vscode';

interface Shown {
  readonly version: number;
  readonly ranges: readonly vscode.Range[];
}

/**
 * Tells editors of ranges that they do not show already. Each call of `setDecorations` is a message to the window, and a trace
 * that follows a selection would send 40 of them many times a second, most of them without a change.
 */
export class ShownRanges {
  private readonly shown = new WeakMap<vscode.TextEditor, Map<vscode.TextEditorDecorationType, Shown>>();

  set(editor: vscode.TextEditor, type: vscode.TextEditorDecorationType, ranges: readonly vscode.Range[]): void {
    const types = this.shown.get(editor) ?? new Map<vscode.TextEditorDecorationType, Shown>();
    this.shown.set(editor, types);
    const before = types.get(type) ?? { version: -1, ranges: [] };
    const { version } = editor.document;
    // An edit moves what the editor shows, except where it shows nothing.
    const isSame = (version === before.version || ranges.length === 0) && areEqual(ranges, before.ranges);
    if (isSame) return;
    types.set(type, { version, ranges });
    editor.setDecorations(type, ranges);
  }
}

function areEqual(a: readonly vscode.Range[], b: readonly vscode.Range[]): boolean {
  return a.length === b.length && a.every((range, i) => range.isEqual(b[i]));
}
