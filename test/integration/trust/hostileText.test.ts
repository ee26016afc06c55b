import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { panel, until, workbench } from '../support/driver';
import { decorationsOf, extensionDir, flashTrace, message, run, set, traceOf } from '../support/tracedEditor';


/** Each is one token of a vocabulary that somebody made for this. */
const HOSTILE = [
  '[x](command:workbench.action.closeWindow)',
  '<img src=x onerror="document.title=1">',
  '``` `a` ```',
  '<a href="command:workbench.action.closeWindow">b</a>',
  '\u202e[olleh](https://example.com)\u2066',
  '${process.exit(1)}|c|\n\n# h',
];

/** The embedded model with hostile tokens in the places of six of its words. */
function hostileModel(): string {
  const dir = mkdtempSync(join(tmpdir(), 'flashtrace-hostile-'));
  cpSync(join(extensionDir(), 'models', 'tracelet-1m'), dir, { recursive: true });
  const path = join(dir, 'tokenizer.json');
  const tokenizer = JSON.parse(readFileSync(path, 'utf8')) as { added_tokens: object[] };
  HOSTILE.forEach((content, i) => tokenizer.added_tokens.push({ id: 1456 + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: false }));
  writeFileSync(path, JSON.stringify(tokenizer));
  return dir;
}

describe('Text that wants to be more than text', () => {
  const prompt = HOSTILE.join(' and ');
  const answer = `Oslo ${HOSTILE[0]} ${HOSTILE[1]}`;
  let model: string;
  let editor: vscode.TextEditor;

  before(async () => {
    model = hostileModel();
    await flashTrace();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await set('model', model);
    editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'prompty', content: `user:\nPRIVATEWORD ${prompt}\n\nassistant:\n${answer}\n` }));
    await run('traceAnswer');
    const { view } = await traceOf(editor);
    for (const text of HOSTILE) assert.ok(view.tokens.some((token) => token.text === text), `${JSON.stringify(text)} is one token`);
  });
  after(async () => {
    await set('model', undefined);
    await set('method', undefined);
    rmSync(model, { recursive: true });
  });

  const elements = (inside: string, kinds: string) => workbench.evaluate<number>(`[...document.querySelectorAll(${JSON.stringify(inside)})].flatMap((part) => [...part.querySelectorAll(${JSON.stringify(kinds)})]).length`);

  it('is text in hovers', async () => {
    assert.ok((await decorationsOf(editor)).buckets.length > 0);
    for (const [text, shown] of [['x](comm', '[x](command:workbench.action.closeWindow)'], ['src=x', '<img src=x onerror="document.title=1">'], ['`a`', '``` `a` ```'], ['href=', '<a href="command:workbench.action.closeWindow">b</a>'], ['process.exit', '${process.exit(1)}|c|⏎⏎# h']] as const) {
      const hover = await workbench.hover(text);
      assert.ok(hover.includes(shown), `${shown} in ${hover}`);
      assert.equal(await elements('.monaco-hover:not(.hidden) .hover-contents', 'a, img, h1'), 0, `what ${text} makes of the hover`);
    }
  });

  it('has its direction of writing shown, not followed', async () => {
    const view = vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', editor.document.uri, editor.document.positionAt(editor.document.getText().indexOf('olleh')));
    const [text] = (await view).flatMap(({ contents }) => contents as vscode.MarkdownString[]).map(({ value }) => value);
    assert.ok(text.includes('U+202E[olleh]'), text);
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]/);
  });

  it('may choose a target token in a hover and run nothing else', async () => {
    await vscode.commands.executeCommand('flashtrace.rerunWith', { method: 'ifr-tokenwise', hops: 0 });
    const at = editor.document.getText().lastIndexOf('Oslo');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', editor.document.uri, editor.document.positionAt(at));
    for (const markdown of hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]).filter(({ value }) => value.includes('FlashTrace'))) {
      assert.deepEqual(markdown.isTrusted, { enabledCommands: ['flashtrace.chooseTarget'] });
      assert.ok(!markdown.supportHtml);
    }
  });

  it('is text in the panel, whose policy lets nothing else in', async () => {
    await run('showPanel');
    await until('the panel shows it', async () => (await panel.text()).includes('command:workbench'));
    assert.equal(await panel.count('img, a, h1 img, iframe, b a'), 0);
    for (const text of HOSTILE.slice(0, 4)) assert.ok(await panel.evaluate<boolean>(`document.body.textContent.includes(${JSON.stringify(text)})`), text);
    const policy = await panel.evaluate<string>('document.querySelector("meta[http-equiv=Content-Security-Policy]").content');
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|\*(?!\.)|data:|script-src[^;]*http/);
  });

  it('is text in messages', async () => {
    for (const text of ['[x](command:workbench.action.closeWindow)', '[x](https://example.com "y")']) {
      await set('method', text);
      const command = run('traceAnswer');
      await vscode.commands.executeCommand('notifications.showList');
      await until('the message is shown', async () => (await workbench.notifications()).some((shown) => shown.includes('[x] (')));
      assert.equal(await elements('.notification-list-item-message', 'a'), 0);
      await message('The setting flashtrace.method is', 'it must be one of');
      await command;
      await set('method', undefined);
    }
  });

  it('does not go to the log', async () => {
    await run('generate');
    await run('verifySources');
    await run('showLog');
    const log = await until('the log is shown', () => vscode.workspace.textDocuments.find(({ uri, getText }) => uri.scheme === 'output' && getText().includes('Loaded')));
    assert.match(log.getText(), /target tokens/);
    for (const text of ['PRIVATEWORD', 'onerror', '<a href']) assert.ok(!log.getText().includes(text), `${text} in the log`);
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });
});
