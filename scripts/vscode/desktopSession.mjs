import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../setup/cacheFolder.mjs';
import { freePort, poll } from './loopback.mjs';
import { TEST_SETTINGS, RESTRICTED_SETTINGS } from './settings.mjs';

/**
 * Runs the tests in a desktop VS Code, downloaded once into the user's cache, and attaches to its window over the
 * DevTools protocol, so that the same looks at the page and the same pictures are possible as in a browser.
 * @param {import('./serverSession.mjs').TestSessionOptions} options
 * @returns {Promise<import('./serverSession.mjs').TestSession>}
 */
export async function openDesktopSession({ extension, tests, workspace, dataFolder, restricted, env }) {
  const { downloadAndUnzipVSCode, runTests } = await import('@vscode/test-electron');
  const { chromium } = await import('playwright-core');
  const vscodeExecutablePath = await downloadAndUnzipVSCode({ cachePath: join(cacheFolder(), 'desktop') });
  await mkdir(join(dataFolder, 'User'), { recursive: true });
  await writeFile(join(dataFolder, 'User', 'settings.json'), JSON.stringify({ ...TEST_SETTINGS, ...(restricted && RESTRICTED_SETTINGS) }, undefined, 2));

  const port = await freePort();
  const exit = runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: extension,
    extensionTestsPath: tests,
    extensionTestsEnv: env,
    launchArgs: [
      workspace, `--remote-debugging-port=${port}`, `--user-data-dir=${dataFolder}`, `--extensions-dir=${join(dataFolder, 'extensions')}`,
      ...(restricted ? [] : ['--disable-workspace-trust']), '--disable-updates', '--skip-welcome', '--skip-release-notes',
    ],
  }).catch((error) => {
    // runTests rejects when tests fail, too: that is an exit code to us.
    if (error && typeof error === 'object' && typeof error.code === 'number') return /** @type {number} */ (error.code);
    throw error;
  });
  exit.catch(() => undefined);

  const browser = await poll(() => chromium.connectOverCDP(`http://127.0.0.1:${port}`), 60_000, 'The window of VS Code could not be attached to within 60 s.');
  const page = await poll(
    async () => browser.contexts().flatMap((context) => context.pages()).find((candidate) => candidate.url().includes('workbench')),
    60_000, 'VS Code opened no workbench window within 60 s.',
  );
  // runTests lets VS Code print to this terminal: there is no log to keep.
  return { description: `desktop VS Code at ${vscodeExecutablePath}`, page, exit, log: () => '', close: () => browser.close() };
}
