import { spawnSync } from 'node:child_process';
import { run } from './runCommand.mjs';

/** What code-server compiles against and with. */
export const SERVER_PACKAGES = ['libkrb5-dev', 'libsecret-1-dev', 'libx11-dev', 'libxkbfile-dev', 'python3', 'make', 'g++', 'pkg-config'];
/** For the tests: a browser, which brings the software Vulkan driver, and the Vulkan loader that WebGPU goes through. */
export const TEST_PACKAGES = ['chromium', 'libvulkan1', ...SERVER_PACKAGES];

/** Those of the packages that dpkg does not know as installed. @param {readonly string[]} packages */
function missingPackages(packages) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages], { encoding: 'utf8' });
  const installed = new Set(query.stdout.split('\n').filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]));
  return packages.filter((name) => !installed.has(name));
}

/**
 * Installs the missing system packages where that can be done without a question: Debian or Ubuntu, as root.
 * Elsewhere says in one sentence what to install.
 * @param {readonly string[]} packages names on Debian and Ubuntu
 * @returns {Promise<string | undefined>} the sentence, when something is missing that this script may not install
 */
export async function ensureSystemPackages(packages) {
  if (process.platform !== 'linux') return undefined;
  if (spawnSync('dpkg-query', ['--version']).error) {
    return `This system has no dpkg: make sure that these Debian packages have their counterparts installed, then run the command again: ${packages.join(' ')}.`;
  }
  const missing = missingPackages(packages);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0) {
    return `These system packages are missing; install them with "sudo apt-get install ${missing.join(' ')}" and run the command again.`;
  }
  console.log(`Installing system packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-qq', 'update'], { env });
  const code = await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...missing], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return code === 0 ? undefined : `apt-get could not install ${missing.join(' ')} (exit code ${code}); install them by hand and run the command again.`;
}
