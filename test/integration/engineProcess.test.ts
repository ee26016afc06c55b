import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { longContextModel } from '../support/longContextModel';
import { until, workbench } from './support/driver';
import { longTranscript } from './support/longTranscript';
import { flashTrace, message, openFresh, run, set, traceOf } from './support/tracedEditor';

/** Silence of the engine before anybody is asked, and what a loaded machine adds. */
const SILENCE_MS = 60_000 + 30_000;

describe('The engine\'s process, seen from the window', () => {
  let folder: string;
  let editor: vscode.TextEditor;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flashtrace-long-'));
    mkdirSync(join(folder, 'model'));
    const model = longContextModel(join(folder, 'model'));
    const { text } = await longTranscript(model, { prompt: 6000, reasoning: 1000, answer: 200 });
    await set('model', model);
    await openFresh('multi-hop.prompty');
    editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'prompty', content: text }));
  });
  after(async () => {
    await set('model', undefined);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    rmSync(folder, { recursive: true });
  });

  const status = async () => (await flashTrace()).statusText();
  const titleActions = () => workbench.evaluate<(string | null)[]>('[...document.querySelectorAll(".editor-actions .action-label")].map((action) => action.getAttribute("aria-label"))');
  const offers = async (action: string) => (await titleActions()).some((label) => label?.includes(action));
  const notifications = async () => {
    await vscode.commands.executeCommand('notifications.showList');
    return workbench.notifications();
  };
  /** Runs until the model runs over the text. */
  async function begin(): Promise<{ readonly ended: Thenable<unknown> }> {
    const ended = run('traceAnswer');
    await until('the model runs', async () => (await status()).includes('Running the model'));
    return { ended };
  }
  async function assertIdle(): Promise<void> {
    assert.doesNotMatch(await status(), /sync~spin/);
    await until('the title offers Generate again', async () => await offers('Generate') && !(await offers('Cancel')));
    await until('no progress is shown', async () => !(await notifications()).some((text) => /Running the model|Tracing/.test(text)));
  }

  it('cancel ends the run: status bar, title and notifications are those of an idle window, and the engine stays', async () => {
    const { ended } = await begin();
    await until('the title offers Cancel', () => offers('Cancel'));
    await until('progress is shown', async () => (await notifications()).some((text) => text.includes('Running the model')));
    const pid = (await flashTrace()).enginePid();
    await run('cancel');
    await ended;
    await assertIdle();
    const api = await flashTrace();
    assert.equal(api.enginePid(), pid);
    assert.equal(api.trace(editor.document.uri), undefined);
  });

  it('a run that supersedes another one is the only one that ends in a trace', async () => {
    const { ended } = await begin();
    const second = run('traceAnswer');
    await Promise.all([ended, second]);
    await traceOf(editor);
    await assertIdle();
    await run('clear');
  });

  it('one that stands still is asked about after a minute; stopped, it says so in one sentence, the text stays, and the next run works', async function () {
    if (process.platform === 'win32') {
      console.log('    skipped: Windows suspends no process by a signal');
      this.skip();
    }
    this.timeout(4 * SILENCE_MS);
    const api = await flashTrace();
    const before = editor.document.getText();
    await editor.edit((builder) => builder.insert(new vscode.Position(4, 0), 'Once more.\n'));
    const { ended } = await begin();
    const pid = api.enginePid()!;
    process.kill(pid, 'SIGSTOP');
    try {
      const end = Date.now() + SILENCE_MS;
      while (!(await notifications()).some((text) => text.includes('The engine has not answered for 60 s while running the model over the text') && text.includes('stands still'))) {
        assert.ok(Date.now() < end, 'the person is asked');
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      await workbench.snapshot('engine-silent-dark');
      await workbench.click('.notifications-list-container .monaco-button >> text="Stop It"');
      await ended;
      await message('The engine process was ended, as it had not answered for 60 s', 'run the command again');
    } finally {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone, as it should be.
      }
    }
    await assertIdle();
    assert.equal(editor.document.getText(), `${before.slice(0, editor.document.offsetAt(new vscode.Position(4, 0)))}Once more.\n${before.slice(editor.document.offsetAt(new vscode.Position(4, 0)))}`);
    await run('traceAnswer');
    assert.ok((await traceOf(editor)).view.timings.modelRuns > 0);
    assert.notEqual(api.enginePid(), pid);
  });
});
