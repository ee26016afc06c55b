import * as vscode from 'vscode';
import type { Command } from '../commands/command';

/** Opens one of the transcripts that come with the extension. */
export function openSample(extensionUri: vscode.Uri): Command {
  return { id: 'flashtrace.openSample', run: () => openCopy(extensionUri) };
}

/** Lets the person choose one and opens a copy of it. */
async function openCopy(extensionUri: vscode.Uri): Promise<void> {
  const folder = vscode.Uri.joinPath(extensionUri, 'samples');
  const names = (await vscode.workspace.fs.readDirectory(folder)).flatMap(([name]) => (name.endsWith('.prompty') ? [name] : [])).sort();
  const name = await vscode.window.showQuickPick(names, { title: 'Open Sample', placeHolder: 'Transcripts that the embedded model can answer' });
  if (!name) return;
  const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name)));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'prompty', content }));
}
