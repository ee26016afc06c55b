import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { modelsOf } from '../support/modelsOnDisk';
import { until, workbench } from './support/driver';
import { extensionDir, flashTrace, message, openFresh, run, set, THEMES, traceOf } from './support/tracedEditor';

const ROWS = '.sidebar .pane-body .monaco-list-row';
const HOVER = '.monaco-hover .hover-contents';
const QUICK_PICK = '.quick-input-widget:not([style*="display: none"])';

/** Labels of the view's lines, as a screen reader says them. */
const labels = () => workbench.evaluate<string[]>(`[...document.querySelectorAll(${JSON.stringify(ROWS)})].map((row) => row.getAttribute('aria-label'))`);
const shown = (...words: string[]) => until(`a line says ${words.join(', ')}`, async () => (await labels()).find((label) => words.every((word) => label.includes(word))));
const gone = (word: string) => until(`no line says ${word}`, async () => !(await labels()).some((label) => label.includes(word)));

describe('Models view', () => {
  let root = '';
  const at = (name: string) => join(root, name);
  const act = (command: string, name: string) => vscode.commands.executeCommand(`flashtrace.${command}`, { model: at(name) });

  before(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'flashtrace-models-')));
    const make = modelsOf(join(extensionDir(), 'models', 'tracelet-1m'));
    make.whole(at('tracelet-tuned'));
    make.large(at('llama-vast'), 2 * totalmem());
    make.whole(at('mamba-mini'), { model_type: 'mamba' });
    make.whole(at('[x](command:workbench.action.closeWindow) $(flame)'), { model_type: 'https://example.com/' });
    make.cut(at('qwen3-cut-off'));
    cpSync(join(extensionDir(), 'test', 'data', 'gguf', 'llama', 'llama.Q4_0.gguf'), at('llama-q4.gguf'));
    make.cached(at('hub'), 'org/half-there', { unfinished: ['model.safetensors'] });
    await flashTrace();
    await set('modelPaths', [root, at('hub')]);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await set('modelPaths', undefined);
    await set('model', undefined);
    await run('showForgottenModels');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    rmSync(root, { recursive: true, force: true });
  });

  it('says of every model what it is, to the eye and to a screen reader', async () => {
    await vscode.commands.executeCommand('flashtrace.models.focus');
    await shown('tracelet-1m, in use, ready, 1.3M · F16 · 3 MB');
    await shown('tracelet-tuned, ready, 1.3M · F16 · 3 MB');
    await shown('llama-vast, too large', 'needs', 'free', 'BF16');
    await shown('llama-q4, ready, 68k · Q4_0 · 46 kB');
    await shown('qwen3-cut-off, broken', 'ends after 900000 bytes', 'truncated');
    await shown('org/half-there, broken', 'has not been downloaded to its end (1 file is incomplete)');
    const status = await shown('Unsupported: ');
    assert.ok((await labels()).every((label) => !label.includes('mamba-mini')), `closed at first: ${status}`);
    await workbench.click(`${ROWS}[aria-label^="Unsupported"]`);
    await shown('mamba-mini, unsupported, is of architecture "mamba", which is not supported');
  });

  it('draws what files say as text', async () => {
    const [text] = (await workbench.text(ROWS)).filter((line) => line.includes('command:'));
    assert.ok(text.includes('[x](command:workbench.action.closeWindow) $(flame)'), text);
    assert.equal(await workbench.evaluate<number>(`document.querySelectorAll('${ROWS} .codicon-flame').length`), 0);
    // The first of its status: the line below.
    await vscode.commands.executeCommand('flashtrace.models.focus');
    await workbench.click(`${ROWS}[aria-label^="Broken"]`);
    await workbench.press('ArrowUp');
    await workbench.press('ArrowUp');
    await vscode.commands.executeCommand('list.showHover');
    const hover = await until('the tooltip is open', async () => (await workbench.text(HOVER)).find((said) => said.includes('Unsupported.')));
    for (const words of ['[x](command:workbench.action.closeWindow) $(flame)', 'of architecture "https://example.com/"', 'Chat template', 'a folder of yours']) assert.ok(hover.includes(words), hover);
    assert.equal(await workbench.evaluate<number>(`document.querySelectorAll('${HOVER} a, ${HOVER} img, ${HOVER} .codicon-flame').length`), 0);
    await workbench.snapshot('models-tooltip');
    await workbench.press('Escape');
    await workbench.click(`${ROWS}[aria-label^="Broken"]`);
  });

  it('looks right in every theme', async () => {
    await openFresh('multi-hop.prompty');
    await vscode.commands.executeCommand('flashtrace.models.focus');
    for (const [theme, name] of THEMES) {
      await workbench.setTheme(theme);
      await workbench.snapshot(`models-${name}`);
    }
    await workbench.setTheme(THEMES[0][0]);
  });

  it('opens what can be done at the keyboard', async () => {
    await vscode.commands.executeCommand('flashtrace.models.focus');
    await vscode.commands.executeCommand('list.focusFirst');
    for (let line = 0; line < 3; line++) await workbench.press('ArrowDown');
    await workbench.press('Enter');
    const actions = await until('the actions are there', async () => {
      const rows = await workbench.text(`${QUICK_PICK} .quick-input-list .monaco-list-row`);
      return rows.length > 0 ? rows : undefined;
    });
    assert.deepEqual(actions.map((text) => text.split('\n')[0].trim().replace(/hides it.*/, '')), ['Use This Model', 'Copy Command Line', 'Reveal', 'Forget']);
    await workbench.snapshot('models-actions');
    assert.ok((await workbench.text(`${QUICK_PICK} .quick-input-title`)).join().includes('tracelet-tuned (ready)'));
    await workbench.press('Escape');
  });

  it('shows the same as Select Model', async () => {
    const asked = run('selectModel');
    const rows = await until('the question is there', async () => {
      const texts = await workbench.text(`${QUICK_PICK} .quick-input-list .monaco-list-row`);
      return texts.length > 3 ? texts.join('\n') : undefined;
    });
    await workbench.snapshot('models-select');
    for (const name of ['tracelet-tuned', 'llama-vast']) assert.ok(rows.includes(name), `${name} in ${rows}`);
    await workbench.press('Escape');
    await asked;
  });

  it('uses a model, and traces again when asked to', async () => {
    const editor = await openFresh('multi-hop.prompty');
    await run('traceAnswer');
    assert.equal((await traceOf(editor)).view.modelName, 'tracelet-1m');
    await act('useModel', 'tracelet-tuned');
    assert.equal(vscode.workspace.getConfiguration('flashtrace').get('model'), at('tracelet-tuned'));
    await shown('tracelet-tuned, in use, ready');
    assert.equal((await traceOf(editor)).view.modelName, 'tracelet-1m', 'nothing runs unasked');
    await vscode.commands.executeCommand('notifications.showList');
    await workbench.click('.notification-list-item :text("Trace Again")');
    await until('the trace is of the other model', async () => (await traceOf(editor)).view.modelName === 'tracelet-tuned');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('asks about a model that is too large, before it loads anything', async () => {
    const asked = act('useModel', 'llama-vast');
    await message('llama-vast is too large. A trace of 4,096 tokens takes about', 'of memory, and this machine has', 'choose a smaller model'); // and takes it away
    await asked;
    assert.equal(vscode.workspace.getConfiguration('flashtrace').get('model'), at('tracelet-tuned'));
  });

  it('leaves the setting as it was where a model cannot be used', async () => {
    await act('useModel', 'qwen3-cut-off');
    await message('truncated');
    assert.equal(vscode.workspace.getConfiguration('flashtrace').get('model'), at('tracelet-tuned'));
  });

  it('copies the command line, and the path where no file manager is', async () => {
    await act('copyModelCommand', 'tracelet-tuned');
    const line = await vscode.env.clipboard.readText();
    assert.ok(line.startsWith('node ') && line.includes(`trace --model ${at('tracelet-tuned')} --transcript `) && line.endsWith('multi-hop.prompty --answer'), line);
    if (vscode.env.uiKind === vscode.UIKind.Web) {
      await act('revealModel', 'mamba-mini');
      await message('its path was copied', at('mamba-mini'));
      assert.equal(await vscode.env.clipboard.readText(), at('mamba-mini'));
    }
  });

  it('forgets a model until it is wanted again, and leaves its files', async () => {
    await act('forgetModel', 'llama-vast');
    await gone('llama-vast');
    await run('refreshModels');
    await shown('tracelet-tuned');
    await gone('llama-vast');
    await run('showForgottenModels');
    await shown('llama-vast, too large');
  });

  it('offers the next step where there is nothing but the included model', async () => {
    await set('model', undefined);
    await set('modelPaths', undefined);
    rmSync(root, { recursive: true }); // used models are found wherever they lie
    await run('refreshModels');
    await gone('tracelet-tuned');
    const last = (await labels()).at(-1)!;
    if ((await labels()).length > 4) assert.ok(!last.startsWith('Add a folder'), 'this machine has models of its own');
    else {
      assert.deepEqual((await labels()).slice(-2), ['Download a model', 'Add a folder with models'].map((step) => `${step}. No other model was found on this machine.`));
      await workbench.snapshot('models-none');
    }
  });
});
