import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Ended with the script, see `endWithScript`. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Starts a program in a process group of its own, so that `stop` reaches its children too (a browser, an extension
 * host, an engine), and so that Ctrl+C comes to this script alone, which ends them in order.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(file, args, options = {}) {
  const windows = process.platform === 'win32';
  const child = spawn(file, args, { stdio: 'inherit', detached: !windows, ...options });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Ends a program started by `start` with everything it started. @param {import('node:child_process').ChildProcess} child */
export function stop(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-child.pid, 'SIGKILL');
  } catch { /* it has ended by itself */ }
}

/** However the script ends, nothing that it started stays. */
export function endWithScript() {
  process.on('exit', () => running.forEach(stop));
  for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
    process.once(signal, () => process.exit(code));
  }
}

/**
 * Runs a program to its end. Its output goes to this terminal; `onText` sees its stdout as well, or alone where it is `quiet`.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { onText?: (text: string) => void, quiet?: boolean }} [options]
 * @returns {Promise<number>} exit code; 1 when a signal ended it, 127 when it could not be started
 */
export function run(file, args, { onText, quiet = false, ...options } = {}) {
  return new Promise((resolve) => {
    const child = start(file, args, { stdio: onText ? ['ignore', 'pipe', 'inherit'] : ['ignore', 'inherit', 'inherit'], ...options });
    if (onText) {
      child.stdout?.setEncoding('utf8');
      child.stdout?.on('data', (/** @type {string} */ text) => {
        if (!quiet) process.stdout.write(text);
        onText(text);
      });
    }
    child.once('error', (error) => {
      console.error(`${file} could not be started: ${error.message}`);
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/**
 * npm as a program and its first arguments, for `run`: npm's script under this Node where it can be found (no shell in
 * between, which Windows would need for `npm.cmd`), else the one on PATH.
 * @returns {{ file: string, args: string[] }}
 */
export function npm() {
  const folder = dirname(process.execPath);
  const script = [process.env.npm_execpath, join(folder, 'node_modules/npm/bin/npm-cli.js'), join(folder, '../lib/node_modules/npm/bin/npm-cli.js')]
    .find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
  return script ? { file: process.execPath, args: [script] } : { file: 'npm', args: [] };
}
