import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST } from '../folders';

/** Whether any thread of a process is there; one that has ended and waits for the parent to notice does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return readdirSync(`/proc/${pid}/task`).some((thread) => !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')));
  } catch {
    return false; // also when it ends while it is looked at
  }
}

/** Engine processes of a build that are alive, of one parent or of any. Linux only. @param dist folder of the build */
export function enginesOf(parent?: number, dist = DIST): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(dist, 'engineProcess.js'))
        && (parent === undefined || new RegExp(`^PPid:\\s+${parent}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8')))
        && isAlive(pid);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

export type Stage = 'load' | 'prefill' | 'generate' | 'trace' | 'verify' | 'idle';
/** @see faultyEngine.mjs */
export type FaultWay = 'abort' | 'exit' | 'throw' | 'heap' | 'block' | 'spin' | 'mute';

/** Options of Node that make an engine's process fail at a stage. @param once a file that does not exist: the tracer's thread fails in place of the process */
export function faultAt(stage: Stage, way: FaultWay, once?: string): string[] {
  const address = pathToFileURL(join(__dirname, 'faultyEngine.mjs'));
  address.search = new URLSearchParams({ stage, way, ...(once !== undefined && { once }) }).toString();
  return ['--import', address.href, ...(way === 'heap' ? ['--max-old-space-size=96'] : [])];
}

/** Resolves with the ms that passed until something was so; rejects after `mostMs`. */
export async function until(what: string, condition: () => boolean, mostMs = 30_000): Promise<number> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > mostMs) throw new Error(`Waited ${mostMs} ms in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - started;
}
