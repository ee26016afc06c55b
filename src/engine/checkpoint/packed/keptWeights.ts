import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

export const DATA = 'weights.bin';
export const INDEX = 'index.json';
/** What a conversion that was killed has left is taken away after a day. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** Removes all converted weights but those that a model in memory holds on to (on Windows alone). @returns how many bytes that were */
export async function clearPackedWeights(folder: string): Promise<number> {
  let removed = 0;
  for (const { path, bytes } of await entries(folder)) {
    await rm(path, { recursive: true, force: true }).then(() => { removed += bytes; }, () => undefined);
  }
  return removed;
}

interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** Removes what a killed conversion has left, and what was not used for longest until the rest fits. @param spared names of folders */
export async function tidy(folder: string, budget: number, spared: readonly string[]): Promise<void> {
  const all = (await entries(folder)).filter(({ path }) => !spared.includes(basename(path))).sort((a, b) => b.usedMs - a.usedMs);
  let left = budget;
  for (const { path, bytes, usedMs } of all) {
    const isAbandoned = basename(path).startsWith('making-');
    if (!isAbandoned) left -= bytes;
    if (isAbandoned ? Date.now() - usedMs > ABANDONED_MS : left < 0) await rm(path, { recursive: true, force: true });
  }
}

async function entries(folder: string): Promise<Entry[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(names.map(async (name): Promise<Entry | null> => {
    // Nothing else that may lie in the folder is touched.
    if (!/^([0-9a-f]{32}|making-\d+-[0-9a-f]{8})$/.test(name)) return null;
    const path = join(folder, name);
    const [data, index] = await Promise.all([DATA, INDEX].map((part) => stat(join(path, part)).catch(() => null)));
    return { path, bytes: data?.size ?? 0, usedMs: (index ?? data ?? (await stat(path).catch(() => null)))?.mtimeMs ?? 0 };
  }));
  return found.filter((entry) => entry !== null);
}
