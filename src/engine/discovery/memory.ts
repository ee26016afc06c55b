import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { machineMemory } from '../model/memoryCheck';

export interface Memory {
  /** Bytes that can be had without pushing anything else out. */
  readonly free: number;
  /** Bytes of the machine, or of the container around this process. */
  readonly total: number;
}

/** Pages of macOS that are let go of when somebody asks. */
const FREE_PAGES = ['Pages free', 'Pages inactive', 'Pages speculative', 'Pages purgeable'];

/**
 * On Linux and Windows Node knows: MemAvailable and the limits of control groups, or what Windows calls available. On macOS it counts free pages alone, of which a
 * machine that has been up for a day has next to none.
 */
export async function memoryNow(): Promise<Memory> {
  const available = process.availableMemory();
  const total = machineMemory();
  const free = process.platform === 'darwin' ? Math.max(available, await darwinFree()) : available;
  return { free: Math.min(free, total), total };
}

async function darwinFree(): Promise<number> {
  const said = await promisify(execFile)('/usr/bin/vm_stat', { timeout: 2_000 }).catch(() => null);
  return said ? freeInVmStat(said.stdout) : 0;
}

/** @param said by `vm_stat`; 0 where it says nothing of the kind */
export function freeInVmStat(said: string): number {
  const page = Number(/page size of (\d+) bytes/.exec(said)?.[1] ?? 0);
  return FREE_PAGES.reduce((sum, name) => sum + page * Number(new RegExp(`^${name}:\\s+(\\d+)\\.`, 'm').exec(said)?.[1] ?? 0), 0);
}

/** Bytes that this process would give back by letting go of its model. Weights that are mapped from their files are free already, by the system's count. */
export async function heldHere(): Promise<number> {
  const status = process.platform === 'linux' ? await readFile('/proc/self/status', 'utf8').catch(() => '') : '';
  const anonymous = /^RssAnon:\s+(\d+) kB/m.exec(status);
  return anonymous ? Number(anonymous[1]) * 1024 : process.memoryUsage().rss;
}
