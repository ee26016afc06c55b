// `npm start [-- --headless] [-- ARGUMENTS]`: installs, builds and opens the extension with a sample. Imports nothing
// that npm has to install first. Further arguments go to VS Code, or to the command line with --headless.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './setup/dependencies.mjs';
import { endWithScript, npm, run } from './setup/runCommand.mjs';
import { ensureSystemPackages, SERVER_PACKAGES } from './setup/systemPackages.mjs';
import { findOnPath } from './vscode/browser.mjs';
import { cacheFolder } from './setup/cacheFolder.mjs';
import { ensureCodeServer } from './vscode/codeServer.mjs';
import { installFromFolder, startServer } from './vscode/server.mjs';
import { hasDisplay } from './vscode/testSession.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SAMPLES = join(ROOT, 'samples');
const SAMPLE = join(SAMPLES, 'multi-hop.prompty');
endWithScript();

/** The `code` command of a desktop VS Code. */
function desktopCode() {
  if (process.env.FLASHTRACE_VSCODE === 'server' || !hasDisplay()) return undefined;
  const macos = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';
  return findOnPath(process.platform === 'win32' ? 'code.cmd' : 'code') ?? (existsSync(macos) ? macos : undefined);
}

/** @param {string} code @param {string[]} args */
function openDesktop(code, args) {
  console.log(`Opening ${SAMPLE} in VS Code (${code}).`);
  const all = ['--new-window', `--extensionDevelopmentPath=${ROOT}`, SAMPLES, SAMPLE, ...args];
  // code.cmd runs through a shell, which takes quotes.
  return process.platform === 'win32' ? run(`"${code}"`, all.map((text) => `"${text}"`), { shell: true }) : run(code, all);
}

/** Runs the VS Code server until Ctrl+C. @returns {Promise<number>} */
async function openServer() {
  if (process.platform !== 'linux') {
    throw new Error('No "code" command was found: install VS Code and run "Shell Command: Install \'code\' command in PATH" from its command palette, or use "npm start -- --headless".');
  }
  const wish = await ensureSystemPackages(SERVER_PACKAGES);
  if (wish) throw new Error(wish);
  const dataFolder = join(cacheFolder(), 'start');
  await installFromFolder(dataFolder, ROOT);
  const server = await startServer(await ensureCodeServer(), { dataFolder, testing: false });
  console.log(`\nVS Code with FlashTrace is open at this address; end it with Ctrl+C:\n\n  ${server.address(SAMPLES, [['openFile', server.uri(SAMPLE)]])}\n`);
  return new Promise((resolve) => server.process.once('close', (code) => {
    console.error(`The VS Code server ended (exit code ${code}): ${server.errors().trim()}`);
    resolve(1);
  }));
}

async function main() {
  const args = process.argv.slice(2);
  if (!await ensureDependencies(ROOT)) throw new Error('The dependencies could not be installed; see npm\'s lines above.');
  const { file, args: npmArgs } = npm();
  if (await run(file, [...npmArgs, 'run', '--silent', 'build'], { cwd: ROOT }) !== 0) throw new Error('The extension could not be built; see the lines above.');

  if (args.includes('--headless')) {
    return run(process.execPath, [
      'dist/cli.js', 'trace', '--model', 'models/tracelet-1m', '--transcript', 'samples/multi-hop.prompty', '--answer',
      ...args.filter((argument) => argument !== '--headless'),
    ], { cwd: ROOT });
  }
  const code = desktopCode();
  return code ? openDesktop(code, args) : openServer();
}

process.exitCode = await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
