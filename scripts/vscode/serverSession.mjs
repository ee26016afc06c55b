import { stop } from '../setup/runCommand.mjs';
import { openBrowser } from './browser.mjs';
import { ensureCodeServer } from './codeServer.mjs';
import { startServer } from './server.mjs';

/**
 * @typedef {object} TestSession A VS Code in which the tests are running.
 * @property {string} description what was started, for people
 * @property {import('playwright-core').Page} page the workbench
 * @property {Promise<number>} exit the tests' exit code
 * @property {() => string} log end of what VS Code said, for a run that ended without a result
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} TestSessionOptions
 * @property {string} extension folder of the extension under development
 * @property {string} tests module whose `run()` the extension host calls
 * @property {string} workspace folder to open
 * @property {string} dataFolder fresh folder for settings and state
 * @property {boolean} restricted whether the folder is one that nobody trusts
 * @property {NodeJS.ProcessEnv} env variables for the extension host
 */

/** Runs the tests in the VS Code server's extension host, with the workbench in a headless browser. @param {TestSessionOptions} options @returns {Promise<TestSession>} */
export async function openServerSession({ extension, tests, workspace, dataFolder, restricted, env }) {
  const codeServer = await ensureCodeServer();
  const [server, browser] = await Promise.all([startServer(codeServer, { dataFolder, testing: true, restricted, env }), openBrowser()]);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });

  /** @type {Promise<number>} */
  const exit = new Promise((resolve, reject) => {
    // The workbench calls these two by name when extension tests run in a page.
    void page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => resolve(code));
    page.once('crash', () => reject(new Error('The page with the workbench crashed.')));
    server.process.once('close', (code) => reject(new Error(`The VS Code server ended in the middle of the tests (exit code ${code}): ${server.errors().trim()}`)));
  });
  exit.catch(() => undefined); // awaited later; a failure before that is not an unhandled one
  // The tests send their own lines over the driver; this is for a run that hangs or ends before its first test.
  /** @type {string[]} */
  const log = [];
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
    const line = `[${type}] ${args.join(' ')}`;
    if (process.env.FLASHTRACE_VSCODE_LOG) console.log(line);
    log.push(line);
    if (log.length > 40) log.shift();
  });
  await page.goto(server.address(workspace, [
    ['extensionDevelopmentPath', server.uri(extension)],
    ['extensionTestsPath', server.uri(tests)],
    ['skipWelcome', 'true'],
  ]));
  return {
    description: `VS Code server under Node ${codeServer.node} in Chromium ${browser.version()}`,
    page,
    exit,
    log: () => log.join('\n'),
    close: async () => {
      await browser.close();
      stop(server.process);
    },
  };
}
