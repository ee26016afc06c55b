import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until, workbench } from './support/driver';
import { endlessModelOfSuite, flashTrace, message, openFresh, run, set, traceOf } from './support/tracedEditor';

describe('Generating into a document', () => {
  let editor: vscode.TextEditor;
  let given: string;
  const endless = endlessModelOfSuite();

  beforeEach(async () => {
    editor = await openFresh('ask-me.prompty');
    given = editor.document.getText();
  });
  afterEach(async () => {
    await set('model', undefined);
    await set('generate.maxTokens', undefined);
  });

  async function useEndlessModel(): Promise<void> {
    await set('model', endless());
    await set('generate.maxTokens', 16_000);
  }

  const grown = (by: number) => until(`${by} characters have come`, () => editor.document.getText().length >= given.length + by);

  /** VS Code refuses an extension's edit (not a person's typing) when a streamed one has come in between: another try gets through. */
  async function typeAt(offset: number, text: string): Promise<void> {
    for (let tries = 0; tries < 5000; tries++) {
      if (await editor.edit((builder) => builder.insert(editor.document.positionAt(offset), text), { undoStopBefore: false, undoStopAfter: false })) return;
    }
    assert.fail('VS Code refused every edit');
  }

  it('writes the answer behind the prompt as one undo step, and the trace needs no model run', async () => {
    await run('generate');
    const text = editor.document.getText();
    assert.ok(text.startsWith(given.trimEnd()), 'the prompt stays as it is');
    assert.match(text.slice(given.length), /<think>[^]+<\/think>\s*\S+/);
    await workbench.snapshot('generated-dark');
    await run('traceAnswer');
    assert.equal((await traceOf(editor)).view.timings.modelRuns, 0);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), given);
    await vscode.commands.executeCommand('redo');
    assert.equal(editor.document.getText(), text);
  });

  it('asks before a run that the memory budget has no room for; no answer leaves everything as it is', async () => {
    await useEndlessModel();
    await set('memoryBudget', 0.1);
    try {
      const generation = run('generate');
      const sentence = await message('of trace state', 'the memory budget is 100 MB');
      assert.match(sentence, /with 16,0\d\d tokens takes \d\d\d MB of trace state and about .+ to run/);
      await generation;
      assert.equal(editor.document.getText(), given);
    } finally {
      await set('memoryBudget', undefined);
    }
  });

  it('streams: text is there before it has ended; cancel keeps what came', async () => {
    await useEndlessModel();
    const generation = run('generate');
    await grown(30);
    await run('cancel');
    await generation;
    const text = editor.document.getText();
    assert.ok(text.length > given.length + 30);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(editor.document.getText(), text, 'nothing comes after a cancel');
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), given, 'a cancelled generation is one undo step, too');
  });

  it('text typed elsewhere meanwhile stays and moves nothing', async () => {
    await useEndlessModel();
    const generation = run('generate');
    await grown(20);
    await typeAt(0, 'MINE');
    await grown(60);
    await run('cancel');
    await generation;
    assert.ok(editor.document.getText().startsWith(`MINE${given.trimEnd()}`));
  });

  it('an edit inside the streamed text stops it and is kept', async () => {
    await useEndlessModel();
    const generation = run('generate');
    await grown(40);
    await typeAt(given.length + 20, 'MINE');
    await generation;
    await message('was edited');
    assert.ok(editor.document.getText().includes('MINE'));
  });

  it('an engine killed in the middle: one sentence, and the next command works', async () => {
    await useEndlessModel();
    const api = await flashTrace();
    const generation = run('generate');
    await grown(20);
    process.kill(api.enginePid()!, 'SIGKILL');
    await message('engine process was ended by SIGKILL', 'run the command again');
    await generation;
    assert.equal(api.enginePid(), null);
    editor = await openFresh('multi-hop.prompty');
    await run('traceAnswer');
    assert.ok((await traceOf(editor)).view.timings.modelRuns > 0);
  });

  it('a model that cannot be used: one sentence, and the editor goes on', async () => {
    await set('model', '/nowhere/at/all');
    const generation = run('generate');
    await message('/nowhere/at/all', 'does not exist');
    await generation;
    assert.equal(editor.document.getText(), given);
  });
});
