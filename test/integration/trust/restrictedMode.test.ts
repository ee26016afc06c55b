import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { until, workbench } from '../support/driver';
import { extensionDir, flashTrace, openFresh, run, set, traceOf } from '../support/tracedEditor';

const EMBEDDED = () => realpathSync(join(extensionDir(), 'models', 'tracelet-1m'));

/** The driver's folder names a model, a device and a memory budget in its settings, and nobody has said that they trust it. */
describe('Restricted mode', () => {
  after(() => set('model', undefined));

  it('is what the folder is opened in, and its settings are there', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0].uri, '.vscode', 'settings.json')));
    for (const key of ['flashtrace.model', 'flashtrace.modelPaths', 'flashtrace.device', 'flashtrace.memoryBudget']) assert.ok(text.includes(key), key);
  });

  it('takes model, device and memory budget from nothing in the folder', () => {
    const settings = vscode.workspace.getConfiguration('flashtrace');
    assert.deepEqual([settings.get('model'), settings.get('modelPaths'), settings.get('device'), settings.get('memoryBudget')], ['', [], 'auto', 4]);
  });

  it('traces with the model that comes with the extension', async () => {
    const editor = await openFresh('multi-hop.prompty');
    await run('traceAnswer');
    const { view } = await traceOf(editor);
    assert.equal(view.modelName, basename(EMBEDDED()));
    assert.equal(view.device, 'cpu');
    assert.match((await flashTrace()).statusText(), /tracelet-1m · CPU/);
  });

  it('shows no model of the folder, also where the settings of the person name it by a relative path', async () => {
    await flashTrace();
    await set('modelPaths', ['model', '.']);
    await vscode.commands.executeCommand('flashtrace.models.focus');
    const lines = () => workbench.evaluate<string[]>(`[...document.querySelectorAll('.sidebar .pane-body .monaco-list-row')].map((row) => row.getAttribute('aria-label'))`);
    await until('the view has looked', async () => (await lines()).some((line) => line.startsWith('tracelet-1m, in use')));
    assert.ok(!(await lines()).some((line) => line.startsWith('model,')), (await lines()).join('\n'));
    await set('modelPaths', undefined);
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
  });

  it('takes neither model nor endpoint from the front matter of a prompt file', async () => {
    const folder = vscode.workspace.workspaceFolders![0].uri;
    const text = (await openFresh('multi-hop.prompty')).document.getText();
    const front = `model:\n  api: chat\n  path: ${join(folder.fsPath, 'model')}\n  configuration:\n    type: azure_openai\n    azure_endpoint: http://127.0.0.1:9/\n    name: ${join(folder.fsPath, 'model')}\n`;
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, 'model.prompty'), Buffer.from(text.replace('---\n', `---\n${front}`)));
    const editor = await openFresh('model.prompty');
    await run('traceAnswer');
    const { view } = await traceOf(editor);
    assert.equal(view.modelName, basename(EMBEDDED()));
  });

  it('looks for no model in the folder, also where the settings of the person name one by a relative path', async () => {
    await set('model', 'model');
    const editor = await openFresh('variable-chain.prompty');
    await run('traceAnswer');
    assert.equal((await traceOf(editor)).view.modelName, basename(EMBEDDED()));
  });
});
