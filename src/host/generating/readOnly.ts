import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { TranscriptError } from '../../engine/base/errors';

/** VS Code's own documents that can be edited and stand in no file system; any other without one is made by an extension, to be looked at. */
const EDITABLE = new Set(['untitled', 'vscode-notebook-cell', 'vscode-interactive-input', 'inmemory', 'comment']);

const OWNER_WRITES = 0o200;

/**
 * Refuses a document that no text can be written into, as far as that can be known before (VS Code does not tell extensions of a document that was made read-only by hand).
 * @throws TranscriptError
 */
export async function refuseReadOnly(document: vscode.TextDocument): Promise<void> {
  if (await isReadOnly(document)) throw new TranscriptError(`The document "${document.uri.path}" cannot be edited, so that nothing can be generated into it; save a copy of it and generate there.`);
}

async function isReadOnly(document: vscode.TextDocument): Promise<boolean> {
  const { uri } = document;
  if (EDITABLE.has(uri.scheme)) return false;
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== true) return true;
  if (isMatched(document, 'readonlyInclude') && !isMatched(document, 'readonlyExclude')) return true;
  if (uri.scheme === 'file' && vscode.workspace.getConfiguration('files').get('readonlyFromPermissions') === true) {
    // Only with that setting does the editor refuse what the disk would refuse later.
    const mode = await stat(uri.fsPath).then((found) => found.mode, () => OWNER_WRITES);
    if ((mode & OWNER_WRITES) === 0) return true;
  }
  const permissions = await vscode.workspace.fs.stat(uri).then((found) => found.permissions ?? 0, () => 0); // not there (yet): it can be made
  return (permissions & vscode.FilePermission.Readonly) !== 0;
}

/** Whether one of the patterns of a `files` setting is the document's. */
function isMatched(document: vscode.TextDocument, setting: 'readonlyInclude' | 'readonlyExclude'): boolean {
  const patterns = Object.entries(vscode.workspace.getConfiguration('files').get<Record<string, boolean>>(setting, {}));
  return patterns.some(([pattern, isOn]) => isOn && vscode.languages.match({ pattern }, document) > 0);
}
