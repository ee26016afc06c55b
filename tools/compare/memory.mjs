import { readFileSync } from 'node:fs';

/** @returns {{ readonly rss: number, readonly peak: number }} of this process, in MB (Linux) */
export function memory() {
  const status = readFileSync('/proc/self/status', 'utf8');
  const read = (/** @type {string} */ key) => Math.round(Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { rss: read('VmRSS'), peak: read('VmHWM') };
}
