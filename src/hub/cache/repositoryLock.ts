import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 250;
const BEAT_MS = 5000;
/** A holder that did not say for so long that it lives has ended, or holds it on a machine that has. Measured while one watches: a machine that slept took its holder with it. */
const SILENT_MS = 30_000;
const SETTLE_MS = 100;

/**
 * Does the work as the only one of this extension's windows and commands that fetches a repository. Node has no `flock`, with which Python holds its locks; what both could write to at once has names
 * of its own (`PartialBlob`), and files come into the cache by being renamed, so that at worst something is fetched twice.
 * @param onWait somebody else has it
 */
export async function withRepositoryLock<T>(locks: string, signal: AbortSignal, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(locks, { recursive: true });
  const path = join(locks, 'flashtrace.lock');
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  await acquire(path, mine, signal, onWait);
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (await read(path) === mine) await rm(path, { force: true });
  }
}

async function acquire(path: string, mine: string, signal: AbortSignal, onWait: () => void): Promise<void> {
  let seen = { beat: -1, at: 0 };
  for (;;) {
    signal.throwIfAborted();
    const isMine = await writeFile(path, mine, { flag: 'wx' }).then(() => true, (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    });
    if (isMine) return;
    const holder = await read(path);
    const beat = await stat(path).then(({ mtimeMs }) => mtimeMs, () => -1);
    if (beat !== seen.beat) seen = { beat, at: performance.now() };
    if (holder !== null && (hasEnded(holder) || performance.now() - seen.at > SILENT_MS)) {
      const fresh = `${path}.${randomUUID()}`;
      await writeFile(fresh, mine);
      if (await read(path) === holder) await rename(fresh, path);
      else await rm(fresh);
      // Whoever came at the same time and renamed last has it.
      await pause(SETTLE_MS);
      if (await read(path) === mine) return;
      continue;
    }
    onWait();
    await pause(POLL_MS, undefined, { signal });
  }
}

function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

/** Its process was one of this machine and is there no longer. */
function hasEnded(holder: string): boolean {
  try {
    const { pid, host } = JSON.parse(holder) as { pid?: unknown; host?: unknown };
    if (host !== hostname() || !Number.isSafeInteger(pid)) return false;
    process.kill(pid as number, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
