import * as vscode from 'vscode';
import type { CharRange } from '../../concepts/ranges';
import type { TranscriptDocument } from '../../concepts/transcript';
import { OptionsError } from '../../engine/base/errors';
import type { TextEdit } from './textEdits';

/** The open document as the engine receives it. Text comes from the editor, so unsaved and virtual documents work too. */
export function transcriptDocument(document: vscode.TextDocument): TranscriptDocument {
  return {
    name: document.uri.scheme === 'file' ? document.uri.fsPath : document.uri.toString(true),
    text: document.getText(),
    // An untitled document has no ending to tell its format by; its language does.
    ...(document.languageId === 'prompty' && { format: 'prompty' as const }),
  };
}

/** The edits of a change event, last position first, so that each holds in offsets of the text before the event. */
export function textEdits(event: vscode.TextDocumentChangeEvent): TextEdit[] {
  return event.contentChanges
    .map((change) => ({ offset: change.rangeOffset, removed: change.rangeLength, inserted: change.text }))
    .sort((a, b) => b.offset - a.offset);
}

export function toEditorRange(document: vscode.TextDocument, range: CharRange): vscode.Range {
  return new vscode.Range(document.positionAt(range.start), document.positionAt(range.end));
}

export function toCharRange(document: vscode.TextDocument, range: vscode.Range): CharRange {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}

export function openDocument(uri: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri);
}

export function visibleEditors(uri: string): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === uri);
}

/** @throws OptionsError where there is none */
export function activeEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (!editor) throw new OptionsError('No text editor is active; open a transcript and run the command again.');
  return editor;
}
