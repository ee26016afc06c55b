import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { openSample, panel, until, workbench } from '../support/driver';
import { assertHonest, whileRunning } from '../support/honestColours';
import { decorationsOf, flashTrace, message, openFresh, run, select, traceOf } from '../support/tracedEditor';

const replaceAll = (editor: vscode.TextEditor, text: string) => editor.edit((builder) => builder.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), text));

describe('Edits and colours', () => {
  let editor: vscode.TextEditor;
  let text: string;

  beforeEach(async () => {
    editor = await openFresh('multi-hop.prompty');
    text = editor.document.getText();
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  const insertAt = (offset: number, inserted: string) => editor.edit((builder) => builder.insert(editor.document.positionAt(offset), inserted));

  for (const [where, offsetIn] of [
    ['before the target', (whole: string) => whole.indexOf('- Halcyon is')],
    ['inside the target', (whole: string) => whole.lastIndexOf('Oslo') + 2],
    ['right behind the target', (whole: string) => whole.lastIndexOf('Oslo') + 4],
    ['at the end', (whole: string) => whole.length],
  ] as const) {
    it(`an edit ${where} while the trace runs`, async () => {
      select(editor, 'Oslo');
      const { ended } = await whileRunning('traceSelection');
      assert.ok(await insertAt(offsetIn(text), 'MINE '));
      const edited = editor.document.getText();
      await ended;
      const state = await assertHonest(editor.document, text);
      assert.equal(editor.document.getText(), edited, 'nothing of the text is touched');
      const target = editor.document.getText().slice(state.live.locateTokens(state.view.target.start, state.view.target.end)?.start);
      if (where !== 'inside the target') assert.ok(target.startsWith('Oslo'));
      await vscode.commands.executeCommand('undo');
      await until('the trace is fresh', async () => !(await traceOf(editor)).stale);
      await assertHonest(editor.document, text);
    });
  }

  it('undo brings the colours back, redo takes them away, and so on', async () => {
    await run('traceAnswer');
    await insertAt(text.indexOf('Halcyon'), 'X');
    await insertAt(text.indexOf('Lumen'), 'Y');
    await assertHonest(editor.document, text);
    for (const command of ['undo', 'undo', 'redo', 'redo', 'undo', 'undo']) {
      const { version } = editor.document;
      await vscode.commands.executeCommand(command);
      await until(`${command} is done`, () => editor.document.version !== version);
      await assertHonest(editor.document, text);
    }
    assert.equal(editor.document.getText(), text);
  });

  it('everything taken out and put back', async () => {
    await run('traceAnswer');
    await replaceAll(editor, '');
    await assertHonest(editor.document, text);
    await replaceAll(editor, text);
    assert.equal((await assertHonest(editor.document, text)).stale, false);
  });

  it('other line ends: stale, on the same words, and back', async () => {
    await run('traceAnswer');
    await editor.edit((builder) => builder.setEndOfLine(vscode.EndOfLine.CRLF));
    const state = await assertHonest(editor.document, text);
    assert.equal(state.stale, true);
    const words = state.view.tokens.filter(({ range }) => range && !text.slice(range.start, range.end).includes('\n'));
    assert.equal(state.live.current.filter((range) => range !== null).length, words.length, 'no word is lost');
    await run('rerun');
    assert.equal((await traceOf(editor)).stale, false);
    const crlf = editor.document.getText();
    await editor.edit((builder) => builder.setEndOfLine(vscode.EndOfLine.LF));
    assert.equal((await assertHonest(editor.document, crlf)).stale, true);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('another language is no edit', async () => {
    await run('traceAnswer');
    await vscode.languages.setTextDocumentLanguage(editor.document, 'plaintext');
    assert.equal((await assertHonest(editor.document, text)).stale, false);
    await vscode.languages.setTextDocumentLanguage(editor.document, 'prompty');
  });

  it('an untitled document keeps its trace when its language changes', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'prompty', content: text });
    editor = await vscode.window.showTextDocument(document);
    await run('traceAnswer');
    await vscode.languages.setTextDocumentLanguage(document, 'plaintext');
    await assertHonest(document, text);
  });

  it('two traces in two documents at once', async () => {
    const other = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'prompty', content: text.replace('Ivan is Clara.\n', 'Ivan is Clara.\n\n') }), vscode.ViewColumn.Two);
    const second = other.document.getText();
    const { ended } = await whileRunning('traceAnswer');
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await Promise.all([ended, run('traceAnswer')]);
    await assertHonest(editor.document, text);
    await assertHonest(other.document, second);
  });

  it('one document in two groups: both are coloured, an edit in one marks both', async () => {
    await run('traceAnswer');
    await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
    const outlined = async () => new Set((await workbench.decorations()).filter(({ text: word, border }) => word === 'Oslo' && /solid|dashed/.test(border)).map(({ left, border }) => `${left} ${/solid|dashed/.exec(border)![0]}`));
    const second = await vscode.window.showTextDocument(editor.document, { viewColumn: vscode.ViewColumn.Two, preserveFocus: false });
    await until('the target is outlined twice', async () => [...(await outlined())].filter((where) => where.endsWith('solid')).length >= 2);
    await second.edit((builder) => builder.insert(new vscode.Position(0, 0), '\n'));
    await assertHonest(editor.document, text);
    await until('both are dashed', async () => [...(await outlined())].filter((where) => where.endsWith('dashed')).length >= 2);
    await vscode.commands.executeCommand('undo');
    await until('both are solid again', async () => [...(await outlined())].filter((where) => where.endsWith('solid')).length >= 2);
    assert.equal((await decorationsOf(editor)).stale, false);
  });

  it('a document that changes on disk during a trace, and is reverted', async () => {
    const { ended } = await whileRunning('traceAnswer');
    const { fsPath } = editor.document.uri;
    writeFileSync(fsPath, text.replace('Ivan is Clara', 'Ivan is Viktor'));
    try {
      await ended;
      await until('the editor shows the file as it is', () => editor.document.getText().includes('Ivan is Viktor'));
      assert.equal((await assertHonest(editor.document, text)).stale, true);
    } finally {
      writeFileSync(fsPath, text);
    }
    await until('the editor shows it as it was', () => editor.document.getText() === text);
    assert.equal((await assertHonest(editor.document, text)).stale, false);
  });

  it('an edit of another extension and a formatter on save', async () => {
    await run('traceAnswer');
    const formatter = vscode.languages.registerDocumentFormattingEditProvider('prompty', {
      provideDocumentFormattingEdits: (document) => [vscode.TextEdit.insert(document.positionAt(document.getText().indexOf('Facts:')), 'Formatted. ')],
    });
    await vscode.workspace.getConfiguration('editor').update('formatOnSave', true, vscode.ConfigurationTarget.Global);
    try {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(editor.document.uri, new vscode.Position(0, 0), '');
      edit.replace(editor.document.uri, new vscode.Range(1, 0, 1, 4), 'NAME');
      await vscode.workspace.applyEdit(edit);
      await assertHonest(editor.document, text);
      await editor.document.save();
      await until('it is formatted', () => editor.document.getText().includes('Formatted. '));
      await assertHonest(editor.document, text);
    } finally {
      formatter.dispose();
      await vscode.workspace.getConfiguration('editor').update('formatOnSave', undefined, vscode.ConfigurationTarget.Global);
      await replaceAll(editor, text);
      await editor.document.save();
    }
    assert.equal(editor.document.getText(), text);
  });
});

describe('A line of a megabyte', () => {
  const folder = () => vscode.workspace.workspaceFolders![0].uri;

  it('before the conversation, in one line with it: right colours, and the editor goes on', async () => {
    const messages = [{ role: 'user', content: 'Facts:\n- Clara works at Halcyon.\n- Halcyon is based in Oslo.\nQuestion: In which city does Clara work?' }, { role: 'assistant', content: 'Oslo' }];
    const line = JSON.stringify({ metadata: { log: 'Clara works at Lumen. '.repeat(1_000_000 / 22) }, messages });
    assert.ok(line.length > 1_000_000);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), 'huge.json'), Buffer.from(line));
    const editor = await openSample('huge.json');
    await flashTrace();
    await run('traceAnswer');
    const state = await assertHonest(editor.document, line);
    assert.ok(state.view.tokens.every(({ range }) => range === null || range.start > 1_000_000));
    await run('showPanel');
    await until('the panel shows it', async () => (await panel.count('[data-token]')) === state.view.tokens.length);
    await editor.edit((builder) => builder.insert(new vscode.Position(0, 100), 'MINE'));
    await assertHonest(editor.document, line);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await assertHonest(editor.document, line);
  });

  it('as the prompt: one sentence, and nothing is lost', async () => {
    const content = `user:\n${'Clara works at Lumen. '.repeat(1_000_000 / 22)}\n\nassistant:\nOslo\n`;
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'prompty', content }));
    const command = run('traceAnswer');
    await message('tokens');
    await command;
    assert.equal(editor.document.getText(), content);
  });
});
