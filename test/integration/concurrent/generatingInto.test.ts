import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../support/driver';
import { endlessModelOfSuite, message, openFresh, run, set } from '../support/tracedEditor';

const folder = () => vscode.workspace.workspaceFolders![0].uri;
let count = 0;

describe('A document while it is generated into', () => {
  let editor: vscode.TextEditor;
  let given: string;
  const endless = endlessModelOfSuite();

  beforeEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await openFresh('ask-me.prompty');
    const uri = vscode.Uri.joinPath(folder(), `generated-${++count}.prompty`);
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(folder(), 'ask-me.prompty'), uri);
    // As a person does: VS Code keeps what an extension opens.
    await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
    editor = await until('it is shown', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString()));
    given = editor.document.getText();
    await set('model', endless());
    await set('generate.maxTokens', 16_000);
  });
  afterEach(async () => {
    await run('cancel');
    await set('model', undefined);
    await set('generate.maxTokens', undefined);
  });

  const grown = (document: vscode.TextDocument, by: number) => until(`${by} characters have come`, () => document.getText().length >= given.length + by);

  /** Shows another document in its place: text that comes waits until it is on screen again. @returns its length */
  async function hidden(document: vscode.TextDocument): Promise<number> {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(folder(), 'multi-hop.prompty'), { preview: false });
    let length = 0;
    await until('nothing is written any more', async () => {
      length = document.getText().length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return document.getText().length === length;
    });
    return length;
  }

  for (const [how, milliseconds] of [['', 0], [', by a rename that takes longer than the text waits', 7_000]] as const) it(`is given another name${how}: the text goes on there`, async () => {
    const generation = run('generate');
    await grown(editor.document, 20);
    const slow = vscode.workspace.onWillRenameFiles((event) => { event.waitUntil(new Promise<void>((resolve) => setTimeout(resolve, milliseconds))); });
    const to = vscode.Uri.joinPath(folder(), `generated-${++count}.prompty`);
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(editor.document.uri, to);
    assert.ok(await vscode.workspace.applyEdit(edit));
    slow.dispose();
    const renamed = await until('it is open under its new name', () => vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === to.toString()));
    await grown(renamed, renamed.getText().length - given.length + 40);
    await run('cancel');
    await generation;
    await until('the document under the old name is closed', () => editor.document.isClosed);
    assert.ok(renamed.getText().startsWith(given.trimEnd()));
  });

  it('is saved and closed: one sentence', async () => {
    const { document } = editor;
    const generation = run('generate');
    await grown(document, 20);
    const length = await hidden(document); // else it would be unsaved again at once, and VS Code would ask
    assert.ok(await document.save());
    const tab = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === document.uri.toString());
    assert.ok(await vscode.window.tabGroups.close(tab!));
    await until('it is closed', () => document.isClosed);
    await generation;
    await message('Generation stopped, because the document was closed.');
    assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(document.uri)).length, length);
  });

  it('is deleted with its file: one sentence', async () => {
    const { document } = editor;
    const generation = run('generate');
    await grown(document, 20);
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(document.uri);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until('it is closed', () => document.isClosed);
    await generation;
    await message('Generation stopped, because');
  });

  it('is given another language: the text goes on', async () => {
    const { document } = editor;
    const generation = run('generate');
    await grown(document, 20);
    await vscode.languages.setTextDocumentLanguage(document, 'plaintext');
    await grown(document, document.getText().length - given.length + 40);
    await run('cancel');
    await generation;
    assert.ok(document.getText().startsWith(given.trimEnd()));
  });

  it('is given other line ends: it stops in one sentence, and nothing is lost', async () => {
    const { document } = editor;
    const generation = run('generate');
    await grown(document, 20);
    const before = document.getText();
    // VS Code refuses an edit when one of the stream has come in between.
    for (let tries = 0; document.eol !== vscode.EndOfLine.CRLF; tries++) {
      assert.ok(tries < 5000, 'VS Code refused every edit');
      await editor.edit((builder) => builder.setEndOfLine(vscode.EndOfLine.CRLF), { undoStopBefore: false, undoStopAfter: false });
    }
    await generation;
    await message('was edited');
    assert.ok(document.getText().replaceAll('\r\n', '\n').startsWith(before));
  });

  it('is saved and formatted: what the formatter does elsewhere is kept, and the text goes on', async () => {
    const { document } = editor;
    const formatter = vscode.languages.registerDocumentFormattingEditProvider('prompty', {
      provideDocumentFormattingEdits: () => [vscode.TextEdit.insert(new vscode.Position(1, 0), '# formatted\n')],
    });
    await vscode.workspace.getConfiguration('editor').update('formatOnSave', true, vscode.ConfigurationTarget.Global);
    try {
      const generation = run('generate');
      await grown(document, 20);
      await hidden(document); // else its edits would be thrown away: the text has changed since
      assert.ok(await document.save());
      assert.ok(document.getText().includes('# formatted'));
      await vscode.window.showTextDocument(document);
      await grown(document, document.getText().length - given.length + 40);
      await run('cancel');
      await generation;
      const text = document.getText().replaceAll('# formatted\n', '');
      assert.ok(text.startsWith(given.trimEnd()));
    } finally {
      formatter.dispose();
      await vscode.workspace.getConfiguration('editor').update('formatOnSave', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('is undone meanwhile: it stops in one sentence', async () => {
    const { document } = editor;
    const generation = run('generate');
    await grown(document, 20);
    await vscode.commands.executeCommand('undo');
    await generation;
    await message('was edited');
    assert.ok(document.getText().startsWith(given.trimEnd()));
  });

  it('beside another one: each gets its own text', async () => {
    await set('model', undefined);
    await set('generate.maxTokens', undefined);
    const other = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'prompty', content: given.replace('Facts', 'Known facts') }), vscode.ViewColumn.Two);
    const asked = other.document.getText();
    const second = run('generate');
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await Promise.all([second, run('generate')]);
    for (const [document, before] of [[editor.document, given], [other.document, asked]] as const) {
      assert.ok(document.getText().startsWith(before.trimEnd()));
      assert.match(document.getText().slice(before.length), /^[^]*<think>[^]+<\/think>\s*\S+/);
    }
  });
});
