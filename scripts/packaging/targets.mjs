/**
 * Where VS Code runs and ONNX Runtime has a build: the name that VS Code gives the target, and Node's words for it.
 * @typedef {{ readonly platform: string, readonly arch: string }} Target
 */

/** @type {Readonly<Record<string, Target>>} */
export const TARGETS = {
  'linux-x64': { platform: 'linux', arch: 'x64' },
  'linux-arm64': { platform: 'linux', arch: 'arm64' },
  'darwin-arm64': { platform: 'darwin', arch: 'arm64' },
  'win32-x64': { platform: 'win32', arch: 'x64' },
  'win32-arm64': { platform: 'win32', arch: 'arm64' },
};

/** Goes to everything else: it has no native runtime and says what to install. */
export const UNIVERSAL = 'universal';

/** @param {string} name @returns {Target | undefined} undefined for the universal package */
export function targetOf(name) {
  if (name === UNIVERSAL) return undefined;
  const target = TARGETS[name];
  if (!target) throw new Error(`There is no target "${name}"; it can be ${Object.keys(TARGETS).join(', ')} or ${UNIVERSAL}.`);
  return target;
}
