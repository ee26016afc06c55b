import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { FlashTraceApi } from '../../src/extension';
import { callDriver, openSample, until, workbench } from './support/driver';
import { extensionDir } from './support/tracedEditor';

/** Whether this process has mapped a file whose path ends so. */
function hasMapped(name: string): boolean {
  return process.platform === 'linux' && readFileSync('/proc/self/maps', 'utf8').includes(name);
}

/** Modules of the extension host that lie in our `dist/`. */
function loadedBundles(): string[] {
  return Object.keys(require.cache).filter((path) => dirname(path) === join(extensionDir(), 'dist')).map((path) => basename(path)).sort();
}

describe('Activation', () => {
  const extension = () => vscode.extensions.getExtension<FlashTraceApi>('flashtrace.flashtrace-vscode')!;

  // The first tests of the run: nothing else has asked for the extension yet.
  it('leaves the extension asleep while other files are open', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flashtrace-unrelated-'));
    for (const [name, content] of [['script.ts', 'export const one = 1;'], ['page.md', '# Title'], ['data.json', '{"a": 1}'], ['notes.txt', 'nothing'], ['config.yaml', 'a: 1']]) {
      await writeFile(join(folder, name), content);
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, name)));
      await until('the language is told', () => vscode.window.activeTextEditor?.document.fileName.endsWith(name));
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true });
    assert.equal(extension().isActive, false);
  });

  it('starts without a model, a process, native code or a reader of transcripts', async () => {
    const before = performance.now();
    const api = await extension().activate();
    const took = performance.now() - before;
    await callDriver('log', { text: `      activated in ${took.toFixed(0)} ms` });
    assert.deepEqual(loadedBundles(), ['extension.js']);
    assert.equal(hasMapped('onnxruntime'), false);
    assert.equal(api.enginePid(), null);
  });

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
    // What begins with the view's name, VS Code registers by itself: focus, open, resetViewLocation...
    const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('flashtrace.') && !id.startsWith('flashtrace.models.'));
    assert.deepEqual(new Set(registered), new Set([...contributes.commands.map(({ command }) => command), 'flashtrace.showMenu', 'flashtrace.chooseTarget']));
  });
});
