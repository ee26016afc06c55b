import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import * as vscode from 'vscode';
import { callDriver, workbench } from './support/driver';

/** Called by VS Code in the extension host. Runs every `*.test.js` beside this file, in a session whose folder nobody trusts the one about that; the promise rejects when one fails. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    ui: 'bdd', timeout: 120_000, color: false, forbidOnly: Boolean(process.env.CI), grep: process.env.FLASHTRACE_TEST_GREP,
    rootHooks: { beforeAll: quietWorkbench, afterEach: photographFailure },
  });
  for (const path of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (path.endsWith('.test.js') && path.endsWith('restrictedMode.test.js') === Boolean(process.env.FLASHTRACE_TEST_RESTRICTED)) mocha.addFile(join(__dirname, path));
  }

  // What an extension host prints reaches the driver late or not at all: each line is sent, in order.
  let sent = Promise.resolve();
  const reporters = Mocha.reporters as unknown as { Base: { consoleLog: (...values: unknown[]) => void } };
  reporters.Base.consoleLog = (...values) => {
    const text = format(...values);
    sent = sent.then(async () => { await callDriver('log', { text }); });
  };

  let pending = 0;
  let passed = 0;
  const failed = await new Promise<number>((resolve) => {
    mocha.run(resolve).on('pass', () => { passed += 1; }).on('pending', () => { pending += 1; });
  });
  await sent;
  await callDriver('report', { passed, failed, pending });
  if (failed > 0) throw new Error(`${failed} integration tests failed.`);
}

/** Only the editor area is under test and in the pictures. */
async function quietWorkbench(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await vscode.commands.executeCommand('workbench.action.closePanel');
  await vscode.commands.executeCommand('notifications.clearAll');
}

async function photographFailure(this: Mocha.Context): Promise<void> {
  if (this.currentTest?.state !== 'failed') return;
  await workbench.snapshot(`failed ${this.currentTest.fullTitle()}`.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 120));
}
