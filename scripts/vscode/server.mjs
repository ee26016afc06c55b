import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, start } from '../setup/runCommand.mjs';
import { freePort, poll } from './loopback.mjs';
import { CLEAN_SETTINGS, RESTRICTED_SETTINGS, TEST_SETTINGS } from './settings.mjs';

/** Neither tests nor a look at one extension need others, and a gallery's requests fail noisily without a network. */
const NO_GALLERY = '{"serviceUrl":""}';

/**
 * @typedef {object} RunningServer
 * @property {import('node:child_process').ChildProcess} process
 * @property {() => string} errors end of what it wrote to stderr
 * @property {(folder: string, payload: ReadonlyArray<readonly [string, string]>) => string} address page that opens a folder with the workbench
 * @property {(path: string) => string} uri how the workbench names a file of this machine
 */

/**
 * Lists an extension that stands in a folder of its own as installed. A server takes an extension under development
 * from the page's address only with its smoke test driver, which keeps messages from popping up: right for tests, wrong for people.
 * @param {string} dataFolder @param {string} extension
 */
export async function installFromFolder(dataFolder, extension) {
  const { publisher, name, version } = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8'));
  await mkdir(join(dataFolder, 'extensions'), { recursive: true });
  await writeFile(join(dataFolder, 'extensions', 'extensions.json'), JSON.stringify([
    { identifier: { id: `${publisher}.${name}` }, version, location: { $mid: 1, path: extension, scheme: 'file' }, metadata: { source: 'vsix', installedTimestamp: 0 } },
  ]));
}

/**
 * Installs a .vsix as a person does: VS Code unpacks it and lists it. @param {import('./codeServer.mjs').CodeServer} codeServer @param {string} dataFolder @param {string} vsix
 */
export async function installVsix(codeServer, dataFolder, vsix) {
  const { code, output } = await askServer(codeServer, dataFolder, ['--install-extension', vsix]);
  if (code !== 0) throw new Error(`VS Code could not install ${vsix} (exit code ${code}): ${output.trim()}`);
}

/**
 * Asks the server what `code` answers on a desktop (`--locate-extension`, `--list-extensions`, ...), without starting it.
 * @param {import('./codeServer.mjs').CodeServer} codeServer @param {string} dataFolder @param {readonly string[]} question
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function askServer(codeServer, dataFolder, question) {
  let output = '';
  const code = await run(codeServer.node, [
    codeServer.serverMain, '--accept-server-license-terms', '--server-data-dir', dataFolder, '--extensions-dir', join(dataFolder, 'extensions'), ...question,
  ], { env: { ...process.env, EXTENSIONS_GALLERY: NO_GALLERY }, onText: (text) => { output += text; } });
  return { code, output };
}

/**
 * Starts the VS Code server on the loopback address, behind a token: whoever reaches a workbench has a shell.
 * @param {import('./codeServer.mjs').CodeServer} codeServer
 * @param {{ dataFolder: string, testing: boolean, restricted?: boolean, env?: NodeJS.ProcessEnv }} options `testing` lets the page run extension tests; `restricted`: no folder is trusted, and nothing asks
 * @returns {Promise<RunningServer>}
 */
export async function startServer(codeServer, { dataFolder, testing, restricted = false, env = {} }) {
  const machine = join(dataFolder, 'data', 'Machine');
  await mkdir(machine, { recursive: true });
  await writeFile(join(machine, 'settings.json'), JSON.stringify(testing ? TEST_SETTINGS : CLEAN_SETTINGS, undefined, 2));
  if (restricted) {
    // Trust is the person's, not the machine's.
    const user = join(dataFolder, 'data', 'User');
    await mkdir(user, { recursive: true });
    await writeFile(join(user, 'settings.json'), JSON.stringify(RESTRICTED_SETTINGS, undefined, 2));
  }
  const port = await freePort();
  const token = randomUUID();
  const tokenFile = join(dataFolder, 'connection-token'); // not an argument: those are everybody's to read
  await writeFile(tokenFile, token, { mode: 0o600 });
  const child = start(codeServer.node, [
    codeServer.serverMain, '--host', '127.0.0.1', '--port', String(port), '--connection-token-file', tokenFile,
    '--accept-server-license-terms', '--server-data-dir', dataFolder, '--extensions-dir', join(dataFolder, 'extensions'),
    ...(restricted ? [] : ['--disable-workspace-trust']), '--disable-telemetry', '--disable-experiments',
    ...(testing ? ['--enable-smoke-test-driver'] : []),
  ], {
    env: { ...process.env, EXTENSIONS_GALLERY: NO_GALLERY, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    if (process.env.FLASHTRACE_VSCODE_LOG) process.stderr.write(text);
    errors = (errors + text).slice(-4_000);
  });

  const ended = new Promise((_, reject) => {
    child.once('close', (code) => reject(new Error(`The VS Code server ended with exit code ${code} before it could be used: ${errors.trim()}`)));
  });
  const answering = poll(async () => (await fetch(`http://127.0.0.1:${port}/version`)).ok || undefined, 60_000, 'The VS Code server did not answer within 60 s.');
  ended.catch(() => undefined); // it ends some day
  await Promise.race([answering, ended]);

  return {
    process: child,
    errors: () => errors,
    uri: (path) => `vscode-remote://127.0.0.1:${port}${path}`,
    address: (folder, payload) => `http://127.0.0.1:${port}/?${new URLSearchParams({ tkn: token, folder, payload: JSON.stringify(payload) })}`,
  };
}
