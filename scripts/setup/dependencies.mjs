import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, run } from './runCommand.mjs';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, peer?: boolean, link?: boolean }> }} Lockfile */

/**
 * Whether node_modules holds what package-lock.json says. npm writes what it has installed into
 * node_modules/.package-lock.json when it is done, so an interrupted install counts as none.
 * @param {string} root
 */
export function dependenciesAreInstalled(root) {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const { packages: wanted } = /** @type {Lockfile} */ (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const { packages: installed } = /** @type {Lockfile} */ (JSON.parse(readFileSync(installedPath, 'utf8')));
  const differs = Object.entries(wanted).some(([path, { version, optional }]) => {
    if (path === '') return false; // the project itself
    const found = installed[path];
    // Optional packages are for other systems when they are not here.
    return found ? found.version !== version : !optional;
  });
  return !differs && Object.keys(installed).every((path) => path in wanted);
}

/** Runs `npm ci` unless node_modules is as the lock file says. @param {string} root @returns {Promise<boolean>} whether the dependencies are there now */
export async function ensureDependencies(root) {
  if (dependenciesAreInstalled(root)) return true;
  console.log('Installing dependencies (npm ci)');
  const { file, args } = npm();
  return await run(file, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root }) === 0;
}
