import * as vscode from 'vscode';

/** What a document is called after files or the folders above it were renamed; null where it keeps its name. */
export function uriAfterRename(uri: string, files: vscode.FileRenameEvent['files']): vscode.Uri | null {
  for (const { oldUri, newUri } of files) {
    const old = oldUri.toString();
    if (uri === old) return newUri;
    if (uri.startsWith(`${old}/`)) return vscode.Uri.parse(newUri.toString() + uri.slice(old.length), true);
  }
  return null;
}
