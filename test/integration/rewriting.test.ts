import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { rewriteVerdict, type Rewriting } from '../../src/concepts/trials/rewriting';
import { panel, until, workbench } from './support/driver';
import { flashTrace, openFresh, run, set, THEMES, traceOf } from './support/tracedEditor';

const ENTRIES = '.rewritten li button';

describe('Does the answer change?', () => {
  let editor: vscode.TextEditor;

  const rewrittenOf = (shown: vscode.TextEditor): Promise<Rewriting> => until('answers are written anew', async () => (await flashTrace()).trace(shown.document.uri)?.rewritten);

  before(async () => {
    editor = await openFresh('multi-hop.prompty');
  });
  after(async () => {
    await set('rewrite.samples', undefined);
    await workbench.setTheme('Default Dark Modern');
  });

  it('has the answer written anew without each of the best sentences; the document stays as it is', async () => {
    const before = editor.document.getText();
    await run('rewriteSources');
    const { sources, control, unchanged } = await rewrittenOf(editor);
    assert.deepEqual([sources.length, unchanged.kept], [3, 1]);
    assert.ok(sources.some((source) => rewriteVerdict(source, unchanged) === 'changed'));
    assert.equal(rewriteVerdict(control!, unchanged), 'unchanged');
    assert.deepEqual([editor.document.getText(), editor.document.isDirty], [before, false]);
  });

  it('lists in the panel what becomes of the answer, in words', async () => {
    await run('showPanel');
    const { sources, control } = await rewrittenOf(editor);
    await until('the panel lists them', async () => (await panel.count(ENTRIES)) === sources.length + (control ? 1 : 0));
    const text = await panel.text('.rewritten');
    for (const wanted of ['answer changes', 'no longer “Oslo”; now: ', 'answer stays', 'still “Oslo”', 'Without a random sentence']) assert.ok(text.includes(wanted), wanted);
  });

  for (const [theme, name] of THEMES) {
    it(`is pictured in ${theme}`, async () => {
      await workbench.setTheme(theme);
      await panel.evaluate('document.querySelector(".rewritten").scrollIntoView()');
      await workbench.snapshot(`rewritten-${name}`);
    });
  }

  it('shows the new text beside the old one as a diff', async () => {
    await panel.click(`${ENTRIES} >> nth=0`);
    const tab = await until('a diff is open', () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => input instanceof vscode.TabInputTextDiff));
    const input = tab.input as vscode.TabInputTextDiff;
    const { sources } = await rewrittenOf(editor);
    const [old, written] = await Promise.all([vscode.workspace.openTextDocument(input.original), vscode.workspace.openTextDocument(input.modified)]);
    assert.ok(old.getText().includes('So the answer is Oslo.') && editor.document.getText().includes(old.getText().slice(-8)));
    assert.equal(written.getText(), sources[0].answers[0].text.trim());
    // By name: while it is opening, the active editor may still be the panel.
    assert.ok(await vscode.window.tabGroups.close(tab));
  });

  it('an edit takes them away', async () => {
    editor = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await editor.edit((builder) => builder.insert(new vscode.Position(5, 2), 'x'));
    await run('showPanel');
    await until('they are gone', async () => (await flashTrace()).trace(editor.document.uri)?.rewritten === null);
    await until('the panel shows none', async () => (await panel.count(ENTRIES)) === 0);
    await vscode.commands.executeCommand('undo');
  });

  it('the button in the panel does it again, with several samples when asked to', async () => {
    await set('rewrite.samples', 2);
    await run('traceAnswer');
    await traceOf(editor);
    await panel.click('.rewritten >> text="Write anew"');
    const { sources, unchanged } = await rewrittenOf(editor);
    assert.deepEqual([sources[0].answers.length, unchanged.answers.length], [2, 2]);
  });
});
