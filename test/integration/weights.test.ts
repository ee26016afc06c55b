import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { workbench } from './support/driver';
import { decorationsOf, extensionDir, message, openFresh, run, set, traceOf } from './support/tracedEditor';

/** Random weights: what it writes means nothing, and every step is that of a real one. */
const gguf = () => join(extensionDir(), 'test', 'data', 'gguf', 'qwen3', 'qwen3.Q4_0.gguf');

describe('A GGUF file in the editor', () => {
  let editor: vscode.TextEditor;

  before(async () => {
    editor = await openFresh('ask-me.prompty');
    await set('model', gguf());
    await set('generate.maxTokens', 12);
  });
  after(async () => {
    await vscode.commands.executeCommand('undo');
    for (const key of ['model', 'generate.maxTokens', 'precision']) await set(key, undefined);
  });

  it('generates and is traced, with its own tokenizer and template; status bar and panel name it', async () => {
    const given = editor.document.getText();
    await run('generate');
    assert.ok(editor.document.getText().length > given.length);
    await run('traceAnswer');
    const { view } = await traceOf(editor);
    assert.deepEqual([view.modelName, view.timings.modelRuns], ['qwen3.Q4_0', 0]);
    const { nTokens, firstChoices } = view.belief!;
    assert.deepEqual([nTokens > 0, firstChoices], [true, nTokens], 'a greedy generation is the model\'s first choice throughout');
    assert.ok((await decorationsOf(editor)).buckets.length > 0);
    await workbench.snapshot('gguf-traced');
  });

  it('is loaded anew in another precision; converted weights are kept outside of the workspace until they are cleared', async () => {
    const before = await traceOf(editor);
    await set('precision', '8 bit');
    await run('rerun');
    const { view } = await traceOf(editor);
    assert.equal(view.modelName, 'qwen3.Q4_0');
    assert.ok(view.timings.modelRuns > 0, 'another precision has states of its own');
    assert.notDeepEqual(view.scores, before.view.scores);
    await run('clearWeights');
    assert.match(await message('of converted weights'), /^Removed .* of converted weights; they are made again when a model is next loaded\.$/);
    await run('clearWeights');
    await message('There are no converted weights.');
  });
});
