import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { HubServer } from '../support/hub/hubServer';
import { COMMIT, ggufRepository, traceletFiles } from '../support/hub/repositories';
import { until, workbench } from './support/driver';
import { extensionDir, message, run, set } from './support/tracedEditor';

const QUICK_INPUT = '.quick-input-widget:not([style*="display: none"])';
const ROWS = `${QUICK_INPUT} .quick-input-list .monaco-list-row`;

/** Hubs on loopback; the extension host that runs the tests is the one whose environment the extension reads. */
describe('Download Model', () => {
  let hub: HubServer;
  let cacheDir: string;
  const variables = ['HF_ENDPOINT', 'HF_HUB_CACHE', 'HF_HOME', 'HF_TOKEN', 'NO_PROXY'] as const;
  const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));

  beforeEach(async () => {
    hub = await HubServer.start({ 'org/tracelet': traceletFiles(join(extensionDir(), 'models', 'tracelet-1m')), 'org/tracelet-GGUF': ggufRepository() });
    cacheDir = mkdtempSync(join(tmpdir(), 'flashtrace-download-'));
    Object.assign(process.env, { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cacheDir, HF_HOME: cacheDir, HF_TOKEN: '', NO_PROXY: '127.0.0.1' });
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await vscode.commands.executeCommand('notifications.clearAll');
    await set('model', undefined);
    for (const name of variables) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    await hub.close();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const snapshot = (): string => join(cacheDir, 'models--org--tracelet', 'snapshots', COMMIT);
  const rowsWith = (what: string, ...words: string[]) => until(what, async () => {
    const rows = await workbench.text(ROWS);
    return words.every((word) => rows.some((row) => row.includes(word))) ? rows : null;
  });

  /** From the command to what of the repository there is to download. */
  async function askFor(repository: string): Promise<{ readonly ended: Thenable<unknown>; readonly rows: readonly string[] }> {
    const ended = run('downloadModel');
    await rowsWith('the list begins with known models', 'HuggingFaceTB/SmolLM2-135M-Instruct');
    await workbench.type(repository);
    await rowsWith('the repository is offered', repository);
    await workbench.press('Enter');
    return { ended, rows: await rowsWith('what it has is listed', ' in ') };
  }

  it('asks nothing of the network until something is typed, searches as one types, downloads, checks, and the model can be used', async () => {
    const ended = run('downloadModel');
    const first = await rowsWith('known models are there', 'Qwen/Qwen2.5-Coder-0.5B-Instruct', 'was run and traced');
    assert.match(first[0], /SmolLM2-135M-Instruct.*about 270 MB, Llama, was run and traced/);
    assert.equal(hub.served.length, 0, 'nobody asked for anything yet');
    await workbench.type('trace');
    await rowsWith('the hub\'s models are there', 'org/tracelet-GGUF', '1,234 downloads');
    assert.ok(hub.served.every(({ url }) => url.startsWith('/api/models?')));
    await workbench.snapshot('download-search');
    await workbench.type('let');
    // The first line of the hub's: the lines before it do not hold what was typed and go, and for a moment there may be none.
    await until('those of the longer text, too', async () => {
      const rows = await workbench.text(ROWS);
      return rows.length > 0 && /^org\/tracelet1,234 downloads, Llama/.test(rows[0]) && rows.some((row) => row.includes('org/tracelet-GGUF'));
    });
    await until('the first is the one that Enter takes', async () => (await workbench.text(`${ROWS}.focused`)).some((row) => row.startsWith('org/tracelet1,234 downloads')));
    await workbench.press('Enter');
    const [choice] = await rowsWith('what it has is listed', 'safetensors');
    assert.match(choice, /safetensors.*3 MB in 5 files/);
    assert.deepEqual(readdirSync(cacheDir), [], 'nothing is fetched before that is chosen');
    await workbench.snapshot('download-choice');
    await workbench.press('Enter');
    await ended;
    assert.match(await message('was downloaded and checked'), /^org\/tracelet \(safetensors\) was downloaded and checked: 3 MB in /);
    for (const [name, { content }] of Object.entries(hub.repositories.get('org/tracelet')!.files)) assert.ok(readFileSync(join(snapshot(), name)).equals(content), name);
    assert.ok(hub.served.every(({ authorization }) => authorization === undefined));
  });

  it('"Use This Model" loads it and makes it the one of the settings', async () => {
    const { ended } = await askFor('org/tracelet');
    await workbench.press('Enter');
    await ended;
    await vscode.commands.executeCommand('notifications.showList');
    await workbench.click('.notification-list-item .monaco-button >> text="Use This Model"');
    await until('the setting names it', () => vscode.workspace.getConfiguration('flashtrace').get('model') === snapshot());
  });

  it('shows how far it is, cancels at once, keeps what came and goes on from there', async () => {
    hub.speed = 500_000;
    const { ended } = await askFor('org/tracelet');
    await workbench.press('Enter');
    await until('speed and remaining time are told', async () => {
      await vscode.commands.executeCommand('notifications.showList');
      return (await workbench.text('.notification-list-item')).some((text) => /Downloading org\/tracelet.* of 3 MB, \d+ kB\/s, about \d/.test(text));
    });
    await workbench.snapshot('download-progress');
    await workbench.click('.notification-list-item .monaco-button >> text="Cancel"');
    await ended;
    const [left] = readdirSync(join(cacheDir, 'models--org--tracelet', 'blobs')).filter((name) => name.endsWith('.incomplete'));
    assert.match(left, /^[0-9a-f]{64}\.incomplete$/);
    assert.deepEqual(readdirSync(join(cacheDir, 'models--org--tracelet', 'snapshots')), []);

    hub.speed = null;
    const served = hub.served.length;
    const again = await askFor('org/tracelet');
    assert.match(again.rows[0], /of it are here/);
    await workbench.press('Enter');
    await again.ended;
    await message('was downloaded and checked');
    assert.deepEqual(hub.served.slice(served).filter(({ host }) => host === 'cdn').map(({ range }) => range !== undefined), [true], 'the rest alone was asked for');
  });

  it('asks for a token when the hub does, keeps it, and sends it to the hub alone', async () => {
    hub.requiredToken = 'hf_right';
    const asked = run('downloadModel');
    await rowsWith('the list is there', 'SmolLM2');
    await workbench.type('org/tracelet');
    await rowsWith('the repository is offered', 'this repository');
    await workbench.press('Enter');
    await until('a token is asked for', async () => (await workbench.text(QUICK_INPUT)).join().includes('only to those whom it knows (401)'));
    await workbench.type('hf_wrong');
    await workbench.press('Enter');
    await until('it is refused', async () => (await workbench.text(QUICK_INPUT)).join().includes('The token has no access'));
    await workbench.type('hf_right');
    await workbench.press('Enter');
    await rowsWith('what it has is listed', 'safetensors');
    await workbench.press('Escape');
    await asked;

    const { ended } = await askFor('org/tracelet');
    await workbench.press('Enter');
    await ended;
    await message('was downloaded and checked');
    assert.ok(hub.served.every(({ host, authorization }) => host === 'hub' || authorization === undefined));
    assert.ok(!JSON.stringify(await workbench.text('.notification-list-item')).includes('hf_right'));
  });
});
