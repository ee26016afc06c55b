import assert from 'node:assert/strict';
import { chmodSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { openSample, panel, until, workbench } from '../support/driver';
import { assertHonest, coldEngine, whileRunning } from '../support/honestColours';
import { MemoryFiles } from '../support/memoryFiles';
import { decorationsOf, flashTrace, message, openFresh, run } from '../support/tracedEditor';

const folder = () => vscode.workspace.workspaceFolders![0].uri;
const inFolder = (name: string) => vscode.Uri.joinPath(folder(), name);
let count = 0;

/** Opens a file as a person does: VS Code keeps what an extension opens in memory for minutes after its editor is closed. */
async function open(uri: vscode.Uri): Promise<vscode.TextEditor> {
  await vscode.commands.executeCommand('vscode.open', uri, { preview: false, viewColumn: vscode.ViewColumn.One });
  return until(`${uri.path} is shown`, () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString()));
}

/** A copy of a sample under a name that no other test uses. */
async function copyOf(sample: string): Promise<vscode.TextEditor> {
  await openFresh(sample); // alone
  const [, stem, ending] = /^([^.]+)(\..*)$/.exec(sample)!;
  const name = `${stem}-${++count}${ending}`;
  await vscode.workspace.fs.copy(inFolder(sample), inFolder(name));
  return open(inFolder(name));
}

async function rename(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(from, to);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

const opened = (uri: vscode.Uri) => until(`${uri.path} is open`, () => vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString()));
const closed = (document: vscode.TextDocument) => until('the document is closed', () => document.isClosed);
const closeEditors = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');

describe('Files under another name', () => {
  it('a trace goes with its file, stale or not, and so does the panel', async () => {
    const editor = await copyOf('multi-hop.prompty');
    const text = editor.document.getText();
    await run('traceAnswer');
    await run('showPanel');
    const to = inFolder(`renamed-${++count}.prompty`);
    await rename(editor.document.uri, to);
    const document = await opened(to);
    const api = await flashTrace();
    assert.equal(api.trace(editor.document.uri), undefined);
    assert.equal(api.decorations(editor.document.uri), undefined);
    assert.equal((await assertHonest(document, text)).view.documentName, to.toString());
    await panel.click('.sources button >> nth=0');
    await until('a source is shown in it', () => vscode.window.activeTextEditor?.document === document && !vscode.window.activeTextEditor.selection.isEmpty);
    await vscode.window.activeTextEditor!.edit((builder) => builder.insert(new vscode.Position(0, 0), '\n'));
    assert.equal((await assertHonest(document, text)).stale, true);
    const again = inFolder(`renamed-${++count}.prompty`);
    await rename(to, again);
    const third = await opened(again);
    assert.equal((await assertHonest(third, text)).stale, true);
    await vscode.window.showTextDocument(third);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('it is as it was traced', () => third.getText() === text);
    assert.equal((await assertHonest(third, text)).stale, false);
  });

  it('while the trace runs', async () => {
    const editor = await copyOf('multi-hop.prompty');
    const text = editor.document.getText();
    const { ended } = await whileRunning('traceAnswer');
    const to = inFolder(`renamed-${++count}.prompty`);
    await rename(editor.document.uri, to);
    await ended;
    await assertHonest(await opened(to), text);
    assert.equal((await flashTrace()).trace(editor.document.uri), undefined);
  });

  it('a folder above it', async () => {
    const [from, to] = [inFolder(`folder-${++count}`), inFolder(`folder-${++count}`)];
    await vscode.workspace.fs.createDirectory(from);
    await vscode.workspace.fs.copy(inFolder('multi-hop.prompty'), vscode.Uri.joinPath(from, 'inside.prompty'));
    const editor = await openSample(`${from.path.split('/').pop()}/inside.prompty`);
    const text = editor.document.getText();
    await run('traceAnswer');
    await rename(from, to);
    await assertHonest(await opened(vscode.Uri.joinPath(to, 'inside.prompty')), text);
  });

  it('an untitled document that is saved keeps its colours in the file', async () => {
    const text = (await openFresh('multi-hop.prompty')).document.getText();
    const uri = inFolder(`saved-${++count}.prompty`);
    const document = await vscode.workspace.openTextDocument(uri.with({ scheme: 'untitled' }));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), text));
    await run('traceAnswer');
    assert.ok(await document.save());
    await closed(document);
    await assertHonest((await open(uri)).document, text);
    assert.equal((await flashTrace()).trace(document.uri), undefined);
  });
});

describe('Documents that are closed', () => {
  it('and opened again are coloured as before', async () => {
    const { document } = await copyOf('multi-hop.prompty');
    const text = document.getText();
    await run('traceAnswer');
    await closeEditors();
    await closed(document);
    await assertHonest((await open(document.uri)).document, text);
  });

  it('and have changed on disk meanwhile are marked stale, without a colour', async () => {
    const { document } = await copyOf('multi-hop.prompty');
    const text = document.getText();
    await run('traceAnswer');
    await closeEditors();
    await closed(document);
    writeFileSync(document.uri.fsPath, `changed\n${text}`);
    const again = (await open(document.uri)).document;
    const state = await assertHonest(again, text);
    assert.equal(state.stale, true);
    assert.ok(state.live.current.every((range) => range === null));
  });

  it('while the trace runs, opened again and edited: marked stale', async () => {
    const { document } = await copyOf('multi-hop.prompty');
    const text = document.getText();
    const { ended } = await whileRunning('traceAnswer');
    // On a busy machine the run would be over before the editors are: it is held up meanwhile.
    const engine = (await flashTrace()).enginePid()!;
    process.kill(engine, 'SIGSTOP');
    const editor = await (async () => {
      try {
        await closeEditors();
        await closed(document);
        const again = await open(document.uri);
        await again.edit((builder) => builder.insert(new vscode.Position(0, 0), 'MINE\n'));
        assert.equal((await flashTrace()).trace(document.uri), undefined, 'the run still goes on');
        return again;
      } finally {
        process.kill(engine, 'SIGCONT');
      }
    })();
    await ended;
    assert.equal((await assertHonest(editor.document, text)).stale, true);
    await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('it is as it was traced', () => editor.document.getText() === text);
    assert.equal((await assertHonest(editor.document, text)).stale, false);
  });

  it('without a file have no trace any more, also when it comes later', async () => {
    await vscode.commands.executeCommand('notifications.clearAll'); // those of earlier tests may still be on their way out
    await until('they are gone', async () => (await workbench.notifications()).length === 0);
    const text = (await openFresh('multi-hop.prompty')).document.getText();
    const untitled = async () => vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'prompty', content: text }));
    const api = await flashTrace();
    const first = await untitled();
    await run('traceAnswer');
    await assertHonest(first.document, text);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await closed(first.document);
    assert.equal(api.trace(first.document.uri), undefined);
    const second = await untitled();
    const { ended } = await whileRunning('traceAnswer');
    await vscode.window.showTextDocument(second.document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await closed(second.document);
    await ended;
    assert.equal(api.trace(second.document.uri), undefined);
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('because their file is deleted: a rerun says that there is none', async () => {
    const { document } = await copyOf('multi-hop.prompty');
    await run('traceAnswer');
    await run('showPanel');
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(document.uri);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await closed(document);
    assert.equal(existsSync(document.uri.fsPath), false);
    await panel.click('button:has-text("Rerun") >> visible=true');
    await message('The traced document has been closed');
  });
});

describe('One file and many views of it', () => {
  it('opened through a link, too: each has its own colours, and a save through one marks the other', async () => {
    const { document } = await copyOf('multi-hop.prompty');
    const text = document.getText();
    const link = inFolder(`link-${++count}.prompty`);
    symlinkSync(document.uri.fsPath, link.fsPath);
    await run('traceAnswer');
    const other = await vscode.window.showTextDocument(link);
    assert.equal((await flashTrace()).trace(link), undefined);
    await run('traceAnswer');
    await assertHonest(document, text);
    await other.edit((builder) => builder.insert(new vscode.Position(0, 0), '\n'));
    assert.equal((await assertHonest(other.document, text)).stale, true);
    assert.equal((await assertHonest(document, text)).stale, false);
    assert.ok(await other.document.save());
    await vscode.window.showTextDocument(document);
    await until('the file is read again', () => document.getText() !== text);
    assert.equal((await assertHonest(document, text)).stale, true);
  });

  it('in a diff editor: the traced side is coloured', async () => {
    const { document } = await copyOf('multi-hop.prompty');
    const text = document.getText();
    const provider = vscode.workspace.registerTextDocumentContentProvider('before', { provideTextDocumentContent: () => text.replace('Oslo', 'Rome') });
    try {
      const before = document.uri.with({ scheme: 'before' });
      await vscode.commands.executeCommand('vscode.diff', before, document.uri, 'before and after');
      const right = await until('the right side has the focus', () => vscode.window.activeTextEditor?.document === document ? vscode.window.activeTextEditor : null);
      await run('traceAnswer');
      await assertHonest(document, text);
      assert.equal((await flashTrace()).trace(before), undefined);
      assert.ok((await decorationsOf(right)).buckets.length > 0);
      await until('colours are on screen', async () => (await workbench.decorations()).length > 20);
    } finally {
      provider.dispose();
    }
  });

  it('in a cell of a notebook', async () => {
    const text = (await openFresh('multi-hop.prompty')).document.getText().replace(/^---[^]*?---\n/, '');
    try {
      const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'plaintext')]));
      const { document } = notebook.cellAt(0);
      await vscode.window.showNotebookDocument(notebook);
      await vscode.commands.executeCommand('notebook.cell.edit');
      await until('the cell has the focus', () => vscode.window.activeTextEditor?.document === document);
      await run('traceAnswer');
      await assertHonest(document, text);
    } finally {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  });
});

describe('Documents that are not on disk', () => {
  const sample = async (name: string) => (await openFresh(name)).document.getText();

  it('in a virtual file system: traced, generated into, saved', async () => {
    const files = new MemoryFiles('memory', false);
    try {
      const answered = await sample('multi-hop.prompty');
      const editor = await vscode.window.showTextDocument(files.add('/multi-hop.prompty', answered));
      await run('traceAnswer');
      await assertHonest(editor.document, answered);
      const asked = await sample('ask-me.prompty');
      const asking = await vscode.window.showTextDocument(files.add('/ask-me.prompty', asked));
      await run('generate');
      const text = asking.document.getText();
      assert.match(text.slice(asked.length), /<think>[^]+<\/think>\s*\S+/);
      assert.ok(await asking.document.save());
      assert.equal(files.text(asking.document.uri), text);
      await run('traceAnswer');
      assert.equal((await assertHonest(asking.document, text)).view.timings.modelRuns, 0);
    } finally {
      await closeEditors();
      files.dispose();
    }
  });

  /** Generating is refused in one sentence, without an engine; tracing works. */
  async function assertReadOnly(document: vscode.TextDocument, isTraced = true): Promise<void> {
    await coldEngine();
    const text = document.getText();
    const command = run('generate');
    await message(document.uri.path, 'cannot be edited', 'save a copy');
    await command;
    assert.equal((await flashTrace()).enginePid(), null, 'no model was run');
    assert.equal(document.getText(), text);
    assert.equal(document.isDirty, false);
    if (!isTraced) return;
    await run('traceAnswer');
    await assertHonest(document, text);
  }

  it('in a read-only one, or a file of it that is: traced, and a generation is refused before the model runs', async () => {
    const text = await sample('multi-hop.prompty');
    const [readonly, partly] = [new MemoryFiles('looked-at', true), new MemoryFiles('partly', false, new Set(['/locked.prompty']))];
    try {
      await assertReadOnly((await vscode.window.showTextDocument(readonly.add('/multi-hop.prompty', text))).document);
      await assertReadOnly((await vscode.window.showTextDocument(partly.add('/locked.prompty', text))).document);
    } finally {
      await closeEditors();
      readonly.dispose();
      partly.dispose();
    }
  });

  it('that an extension makes to be looked at', async () => {
    const text = await sample('multi-hop.prompty');
    const provider = vscode.workspace.registerTextDocumentContentProvider('made', { provideTextDocumentContent: () => text });
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('made:/multi-hop.prompty'));
      await vscode.window.showTextDocument(document);
      await assertReadOnly(document);
    } finally {
      provider.dispose();
    }
  });

  it('an output channel', async () => {
    const text = (await sample('multi-hop.prompty')).replace(/^---[^]*?---\n/, '');
    const channel = vscode.window.createOutputChannel('Transcript');
    try {
      channel.append(text);
      channel.show(false);
      const document = await until('it is shown', () => vscode.workspace.textDocuments.find(({ uri, getText }) => uri.scheme === 'output' && getText() === text));
      await until('it has the focus', () => vscode.window.activeTextEditor?.document === document);
      await run('traceAnswer');
      await assertHonest(document, text);
      channel.show(false);
      await until('it has the focus again', () => vscode.window.activeTextEditor?.document === document);
      await assertReadOnly(document, false);
    } finally {
      channel.dispose();
      await vscode.commands.executeCommand('workbench.action.closePanel');
    }
  });

  it('files that the settings or their permissions make read-only', async () => {
    const files = vscode.workspace.getConfiguration('files');
    const editor = await copyOf('multi-hop.prompty');
    const name = editor.document.uri.path.split('/').pop()!;
    try {
      await files.update('readonlyInclude', { [`**/${name}`]: true }, vscode.ConfigurationTarget.Global);
      await assertReadOnly(editor.document);
      await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
      chmodSync(editor.document.uri.fsPath, 0o444);
      await files.update('readonlyFromPermissions', true, vscode.ConfigurationTarget.Global);
      await assertReadOnly(editor.document);
    } finally {
      chmodSync(editor.document.uri.fsPath, 0o644);
      await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
      await files.update('readonlyFromPermissions', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('a document that was made read-only by hand: refused when the first text comes, and nothing is lost', async () => {
    const editor = await copyOf('ask-me.prompty');
    const text = editor.document.getText();
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
    const command = run('generate');
    await message('cannot be edited', 'save a copy');
    await command;
    assert.equal(editor.document.getText(), text);
    await vscode.commands.executeCommand('workbench.action.files.resetActiveEditorReadonlyInSession');
  });

  it('settings of the editor: one sentence', async () => {
    await vscode.commands.executeCommand('workbench.action.openSettingsJson');
    await until('they are shown', () => vscode.window.activeTextEditor?.document.uri.path.endsWith('settings.json'));
    const text = vscode.window.activeTextEditor!.document.getText();
    const command = run('traceAnswer');
    assert.match(await message('.'), /\S/);
    await command;
    assert.equal(vscode.window.activeTextEditor!.document.getText(), text);
  });
});
