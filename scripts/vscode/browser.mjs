import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

/** Software rendering in containers, and none of the browser's own traffic. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** First program of that name on PATH. @param {string} name @returns {string | undefined} */
export function findOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, name)).find(isExecutable);
}

/** Opens a Chromium of the system. @returns {Promise<import('playwright-core').Browser>} */
export async function openBrowser() {
  const executablePath = NAMES.map(findOnPath).find((path) => path !== undefined);
  if (!executablePath) throw new Error(`No browser was found on PATH (looked for ${NAMES.join(', ')}); install Chromium, on Debian with "apt-get install chromium".`);
  const { chromium } = await import('playwright-core');
  // Signals are ours: the script ends everything in order and says so.
  return chromium.launch({ executablePath, args: FLAGS, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}
