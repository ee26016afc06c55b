import * as vscode from 'vscode';
import type { CharRange } from '../../concepts/ranges';
import { openDocument, toEditorRange, visibleEditors } from '../documents/editorDocuments';
import type { TraceState } from '../tracing/traceState';

/**
 * Selects traced characters where they stand now, in an editor of their document.
 * @param onSelect told what is about to be selected
 * @returns false where they have been edited away
 */
export async function revealTraced({ uri, stale, live }: TraceState, traced: CharRange, onSelect: (selection: vscode.Range) => void): Promise<boolean> {
  const document = openDocument(uri) ?? (await vscode.workspace.openTextDocument(vscode.Uri.parse(uri)));
  const range = stale ? live.locate(traced) : traced;
  if (!range) return false;
  const selection = toEditorRange(document, range);
  onSelect(selection);
  const viewColumn = visibleEditors(uri)[0]?.viewColumn ?? vscode.ViewColumn.One;
  const editor = await vscode.window.showTextDocument(document, { viewColumn, selection });
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return true;
}
