import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { FlashTraceApi } from '../../../src/extension';
import type { PaintedTrace } from '../../../src/host/editor/decorations';
import type { TraceState } from '../../../src/host/tracing/traceState';
import { openSample, until, workbench } from './driver';

export async function flashTrace(): Promise<FlashTraceApi> {
  const extension = vscode.extensions.getExtension<FlashTraceApi>('flashtrace.flashtrace-vscode');
  assert.ok(extension, 'the extension under development is not loaded');
  return extension.activate();
}

export const run = (command: string) => vscode.commands.executeCommand(`flashtrace.${command}`);

/** One of the extension's settings, the person's; undefined is its default. */
export const set = (key: string, value: unknown) => vscode.workspace.getConfiguration('flashtrace').update(key, value, vscode.ConfigurationTarget.Global);

/** Opens a sample without a trace from an earlier test. */
export async function openFresh(name: string): Promise<vscode.TextEditor> {
  const editor = await openSample(name);
  await flashTrace();
  await run('clear');
  return editor;
}

/** Selects the last place where a text stands. */
export function select(editor: vscode.TextEditor, text: string): void {
  const start = editor.document.getText().lastIndexOf(text);
  assert.ok(start >= 0, `"${text}" stands in the document`);
  editor.selection = new vscode.Selection(editor.document.positionAt(start), editor.document.positionAt(start + text.length));
}

export async function traceOf(editor: vscode.TextEditor): Promise<TraceState> {
  const api = await flashTrace();
  return until('the document has a trace', () => api.trace(editor.document.uri));
}

export async function decorationsOf(editor: vscode.TextEditor): Promise<PaintedTrace> {
  const api = await flashTrace();
  return until('the document is coloured', () => api.decorations(editor.document.uri));
}

/** VS Code's themes of each kind, and what pictures taken in them are called. */
export const THEMES = [['Default Dark Modern', 'dark'], ['Default Light Modern', 'light'], ['Default High Contrast', 'high-contrast'], ['Default High Contrast Light', 'high-contrast-light']] as const;

/** Takes a picture of a traced document in the first column, nothing selected. @returns the document's editor, a new one where the panel had the focus */
export async function pictureOf({ document }: vscode.TextEditor, theme: string, name: string): Promise<vscode.TextEditor> {
  await workbench.setTheme(theme);
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  editor.selection = new vscode.Selection(0, 0, 0, 0);
  await until('colours of the theme are drawn', async () => (await workbench.decorations()).length > 20);
  await workbench.snapshot(name);
  return editor;
}

/** Waits for a message of the extension that holds all words, and takes it away. Under test VS Code keeps toasts in its notification centre. */
export async function message(...words: string[]): Promise<string> {
  const found = await until(`a message says ${words.join(', ')}`, async () => {
    await vscode.commands.executeCommand('notifications.showList');
    return (await workbench.notifications()).find((text) => words.every((word) => text.includes(word)));
  });
  await vscode.commands.executeCommand('notifications.clearAll');
  return found;
}

/** The embedded model without anything that ends a turn, and with a context that it does not fill while a test runs. */
export function endlessModel(): string {
  const dir = mkdtempSync(join(tmpdir(), 'flashtrace-endless-'));
  cpSync(join(extensionDir(), 'models', 'tracelet-1m'), dir, { recursive: true });
  const change = (name: string, fields: object) => {
    const path = join(dir, name);
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...fields }));
  };
  change('config.json', { eos_token_id: null, max_position_embeddings: 16_384 });
  change('generation_config.json', { eos_token_id: null });
  const { chat_template: template } = JSON.parse(readFileSync(join(dir, 'tokenizer_config.json'), 'utf8')) as { chat_template: string };
  change('tokenizer_config.json', { eos_token: null, chat_template: template.replaceAll('<|im_end|>', '') });
  return dir;
}

/** A folder with the endless model for one suite, removed after it. */
export function endlessModelOfSuite(): () => string {
  let dir = '';
  before(() => {
    dir = endlessModel();
  });
  after(() => rmSync(dir, { recursive: true }));
  return () => dir;
}

/** Folder of the extension under test. In a VS Code server its address is a remote one. */
export function extensionDir(): string {
  return vscode.extensions.getExtension('flashtrace.flashtrace-vscode')!.extensionUri.with({ scheme: 'file', authority: '' }).fsPath;
}
