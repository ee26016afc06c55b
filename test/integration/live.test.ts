import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TraceState } from '../../src/host/tracing/traceState';
import { callDriver, openSample, panel, until, workbench } from './support/driver';
import { watchSwitch } from './support/frameWatch';
import { longTranscript } from './support/longTranscript';
import { decorationsOf, extensionDir, flashTrace, message, openFresh, run, select, set, traceOf } from './support/tracedEditor';

/** Longer than any live trace of these short texts takes to show. */
const LONG_ENOUGH = 700;
const pause = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });

/** Puts the cursor before the last place where a text stands, and the focus into the editor. */
async function cursorBefore(editor: vscode.TextEditor, text: string): Promise<void> {
  const at = editor.document.positionAt(editor.document.getText().lastIndexOf(text));
  await vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn, selection: new vscode.Range(at, at) });
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await until('the cursor is there', () => editor.selection.isEmpty && editor.selection.active.isEqual(at));
  await workbench.evaluate("document.querySelector('.editor-instance.focused, .editor-instance .monaco-editor.focused') !== null");
}

/** Extends the selection by a word at the keyboard. */
const extend = () => workbench.press('Control+Shift+ArrowRight');

const targetText = (editor: vscode.TextEditor, { view }: TraceState) =>
  editor.document.getText().slice(view.tokens[view.target.start].range!.start, view.tokens[view.target.end - 1].range!.end);

async function nextTrace(editor: vscode.TextEditor, before: TraceState): Promise<TraceState> {
  return until('the selection is traced', async () => {
    const now = await traceOf(editor);
    return now === before ? null : now;
  });
}

describe('Live trace', () => {
  let editor: vscode.TextEditor;
  let first: TraceState;

  beforeEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll'); // of other suites: this one counts its own
    editor = await openFresh('multi-hop.prompty');
    await run('traceAnswer');
    first = await traceOf(editor);
  });
  afterEach(() => set('liveTrace', undefined));

  async function assertUntouched(what: string): Promise<void> {
    await pause(LONG_ENOUGH);
    assert.equal(await traceOf(editor), first, what);
  }

  it('the colours follow a selection made at the keyboard, without a run of the model', async () => {
    await until('the status bar says so', async () => /^\$\(eye\) .*· traced · live$/.test((await flashTrace()).statusText()));
    const pid = (await flashTrace()).enginePid();
    await run('showPanel');
    await cursorBefore(editor, 'Halcyon. Halcyon');
    await extend();
    const live = await nextTrace(editor, first);
    assert.equal(targetText(editor, live).trim(), 'Halcyon');
    assert.equal(live.view.timings.modelRuns, 0);
    assert.equal((await flashTrace()).enginePid(), pid);
    assert.deepEqual((await decorationsOf(editor)).target.map((range) => editor.document.getText(range).trim()), ['Halcyon']);
    await until('the panel follows', async () => (await panel.text('h1 q')).includes('Halcyon'));
    assert.equal(vscode.window.activeTextEditor, editor, 'the focus stays');
    assert.deepEqual(await workbench.notifications(), []);
    await workbench.snapshot('live-dark');
  });

  it('and one made by a command', async () => {
    await cursorBefore(editor, 'Clara. Clara works');
    await vscode.commands.executeCommand('editor.action.smartSelect.expand');
    const live = await nextTrace(editor, first);
    assert.equal(targetText(editor, live).trim(), 'Clara');
  });

  it('follows a drag before the mouse is let go', async () => {
    const traced = (words: RegExp) => until(`the trace is of ${words}`, async () => words.test(targetText(editor, await traceOf(editor)).trim()));
    await workbench.drag('press', 'Ivan', 2);
    try {
      await workbench.drag('move', 'answer', 1);
      await traced(/^Ivan is Clara\. .* So the answer$/);
      await workbench.drag('move', 'Halcyon', 3);
      await traced(/^Ivan is Clara\. Clara works at Halcyon\. Halcyon$/);
    } finally {
      await workbench.drag('release', 'Halcyon', 3);
    }
  });

  it('keeps the method and hops of the document\'s last trace', async () => {
    await vscode.commands.executeCommand('flashtrace.rerunWith', { hops: 3 });
    first = await traceOf(editor);
    await cursorBefore(editor, 'Halcyon. Halcyon');
    await extend();
    assert.equal((await nextTrace(editor, first)).view.hopScores.length, 4);
    await vscode.commands.executeCommand('flashtrace.rerunWith', { method: 'ifr-tokenwise', hops: 0 });
    first = await traceOf(editor);
    await extend();
    assert.equal((await nextTrace(editor, first)).view.method, 'ifr-tokenwise');
  });

  it('follows in a document that was generated and never traced', async () => {
    editor = await openFresh('ask-me.prompty');
    await run('generate');
    await cursorBefore(editor, '</think>');
    await workbench.press('ArrowUp');
    await extend();
    const live = await traceOf(editor);
    assert.equal(live.view.timings.modelRuns, 0);
  });

  it('leaves everything as it is for the cursor, for the prompt and for several selections', async () => {
    await cursorBefore(editor, 'Halcyon is based in Oslo. So');
    await workbench.press('ArrowRight');
    select(editor, 'Question');
    await pause(LONG_ENOUGH);
    const { document } = editor;
    const range = (text: string) => new vscode.Selection(document.positionAt(document.getText().lastIndexOf(text)), document.positionAt(document.getText().lastIndexOf(text) + text.length));
    editor.selections = [range('Halcyon'), range('Ivan')];
    await assertUntouched('nobody selected one span of the generation');
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('leaves a source that the panel shows in the editor alone', async () => {
    await run('showPanel');
    await until('the panel lists sources', async () => (await panel.count('.sources.generation button')) > 0);
    await panel.click(`.sources.generation button >> nth=${(await panel.count('.sources.generation button')) - 1}`);
    await until('it is selected', () => vscode.window.activeTextEditor?.selection.isEmpty === false);
    await assertUntouched('a look at a source is no wish for its trace');
    await extend();
    await nextTrace(editor, first);
  });

  it('does nothing after an edit until a trace is asked for, and goes on from there', async () => {
    const at = editor.document.positionAt(editor.document.getText().indexOf('- Halcyon is'));
    await editor.edit((builder) => builder.insert(at, '- The garden was repainted last spring.\n'));
    await cursorBefore(editor, 'Halcyon. Halcyon');
    await extend();
    await assertUntouched('the model would have to run');
    assert.equal((await decorationsOf(editor)).stale, true);
    assert.deepEqual(await workbench.notifications(), []);
    await run('traceSelection');
    const explicit = await traceOf(editor);
    assert.ok(explicit.view.timings.modelRuns > 0);
    await extend();
    assert.equal((await nextTrace(editor, explicit)).view.timings.modelRuns, 0);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('starts no engine and loads no model', async () => {
    const api = await flashTrace();
    process.kill(api.enginePid()!, 'SIGKILL');
    await until('the engine is gone', () => api.enginePid() === null);
    await cursorBefore(editor, 'Halcyon. Halcyon');
    await extend();
    await assertUntouched('nothing is in memory');
    assert.equal(api.enginePid(), null);
    assert.doesNotMatch(api.statusText(), /live/);
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('an error of a trace that somebody asked for is still told', async () => {
    await cursorBefore(editor, 'Question');
    await extend();
    await pause(LONG_ENOUGH);
    const command = run('traceSelection');
    await message('part of the prompt');
    await command;
  });

  it('does nothing when it is turned off, and traces what is selected when it is turned on', async () => {
    await run('toggleLiveTrace');
    assert.equal(vscode.workspace.getConfiguration('flashtrace').get('liveTrace'), false);
    assert.doesNotMatch((await flashTrace()).statusText(), /live/);
    await cursorBefore(editor, 'Halcyon. Halcyon');
    await extend();
    await assertUntouched('it is off');
    await run('toggleLiveTrace');
    assert.equal(targetText(editor, await nextTrace(editor, first)).trim(), 'Halcyon');
  });

  it('colours are there in every frame of a switch, and change once', async () => {
    await until('the colours are drawn', async () => (await workbench.decorations()).length > 20);
    await cursorBefore(editor, 'Clara. Clara works');
    for (let step = 0; step < 4; step++) {
      const { changedAt, frames, fewestInFrames, fewestAfterMutations } = await watchSwitch(extend);
      assert.ok(frames > 5);
      assert.ok(fewestInFrames > 10, `${fewestInFrames} boxes in a frame`);
      assert.ok(fewestAfterMutations > 10, `${fewestAfterMutations} boxes after a change`);
      assert.equal(changedAt.length, 1, 'from the old colours to the new ones in one go');
    }
  });
});

describe('Live trace of a long transcript', () => {
  const REPETITIONS = 15;

  it('is on screen soon after the key', async () => {
    const { text, tokens } = await longTranscript(join(extensionDir(), 'models', 'tracelet-1m'), { prompt: 488, reasoning: 480, answer: 32 });
    const folder = vscode.workspace.workspaceFolders![0].uri;
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, 'long.prompty'), Buffer.from(text));
    const measured: Record<string, { median: number; p90: number; all: number[] }> = {};
    for (const panelIs of ['open', 'closed']) {
      const editor = await openSample('long.prompty');
      await run('clear');
      await run('traceAnswer');
      const { view } = await traceOf(editor);
      assert.equal(view.tokens.length, tokens.tokens.length);
      if (panelIs === 'open') {
        await run('showPanel');
        await until('the panel has drawn the trace', async () => (await panel.count('[data-token]')) === view.tokens.length);
      } else {
        await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      }
      const halfway = view.tokens[Math.floor((tokens.reasoning!.start + tokens.reasoning!.end) / 2)].range!.start;
      await cursorBefore(editor, text.slice(halfway));
      const all: number[] = [];
      for (let i = 0; i < REPETITIONS; i++) {
        const { keyAt, changedAt } = await watchSwitch(extend);
        assert.ok(keyAt !== null && changedAt.length > 0, `repetition ${i} recoloured`);
        all.push(changedAt.at(-1)! - keyAt);
      }
      all.sort((a, b) => a - b);
      const [median, p90] = [0.5, 0.9].map((part) => Math.round(all[Math.floor(part * (all.length - 1))]));
      measured[panelIs] = { median, p90, all: all.map(Math.round) };
      await callDriver('log', { text: `    selection -> colours, N = ${view.tokens.length}, panel ${panelIs}, median ${median} ms, p90 ${p90} ms` });
    }
    await workbench.snapshot('live-long');
    const output = join(extensionDir(), 'test', 'output');
    mkdirSync(output, { recursive: true });
    writeFileSync(join(output, 'liveTrace.json'), JSON.stringify({ tokens: tokens.tokens.length, promptTokens: tokens.promptLength, unit: 'ms', measured }, null, 2));
  });
});
