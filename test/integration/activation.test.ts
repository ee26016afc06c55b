import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import * as vscode from 'vscode';
import { openSample, until, workbench } from './support/driver';

describe('Activation', () => {
  it('finds and activates the extension in a workspace with a transcript', async () => {
    const editor = await openSample('multi-hop.prompty');
    const extension = vscode.extensions.getExtension('flashtrace.flashtrace-vscode');
    assert.ok(extension, 'the extension under development is not loaded');
    await extension.activate();
    assert.equal(extension.isActive, true);

    const firstLine = editor.document.lineAt(0).text;
    await until('the transcript is on screen', async () => (await workbench.visibleText()).includes(firstLine));
    const picture = await workbench.snapshot('activation');
    assert.ok(existsSync(picture));
    assert.ok(statSync(picture).size > 10_000, 'the picture is empty');
  });

  it('registers the commands that package.json names, and two that only links and the status bar know', async () => {
    const extension = vscode.extensions.getExtension('flashtrace.flashtrace-vscode')!;
    await extension.activate();
    const { contributes } = extension.packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('flashtrace.'));
    assert.deepEqual(new Set(registered), new Set([...contributes.commands.map(({ command }) => command), 'flashtrace.showMenu', 'flashtrace.chooseTarget']));
  });
});
