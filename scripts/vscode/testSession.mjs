import { openDesktopSession } from './desktopSession.mjs';
import { openServerSession } from './serverSession.mjs';

/** Which VS Code to use: `FLASHTRACE_VSCODE` = `server` or `desktop`, else the server on a Linux without a display. @returns {'server' | 'desktop'} */
export function chooseVscode() {
  const wish = process.env.FLASHTRACE_VSCODE;
  if (wish === 'server' || wish === 'desktop') return wish;
  if (wish) throw new Error(`FLASHTRACE_VSCODE is "${wish}"; it can be "server" or "desktop".`);
  return process.platform === 'linux' && !hasDisplay() ? 'server' : 'desktop';
}

export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Opens a real VS Code that runs the tests. @param {import('./serverSession.mjs').TestSessionOptions} options */
export function openTestSession(options) {
  const choice = chooseVscode();
  console.log(choice === 'server'
    ? 'Integration tests run in the VS Code server, its workbench in a headless Chromium (FLASHTRACE_VSCODE=desktop for a desktop VS Code).'
    : 'Integration tests run in a desktop VS Code (FLASHTRACE_VSCODE=server for the server in a headless Chromium).');
  return choice === 'server' ? openServerSession(options) : openDesktopSession(options);
}
