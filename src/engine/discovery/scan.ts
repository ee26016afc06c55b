import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError } from '../base/errors';
import { isMissing } from '../base/readTextFile';

/** How far one place is looked into. A home folder that somebody names by mistake has a million files. */
export interface ScanLimits {
  readonly entries: number;
  /** Folders below the place. */
  readonly depth: number;
  readonly milliseconds: number;
}

export const SCAN_LIMITS: ScanLimits = { entries: 50_000, depth: 5, milliseconds: 10_000 };

/** What a folder holds, by name, in order. */
export interface Listing {
  readonly dir: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** One look into a place on disk: within its limits, into no folder twice, and with a note for what cannot be seen. */
export class Scan {
  private entries = 0;
  private readonly end: number;
  private readonly seen = new Set<string>();
  private stopped = false;

  constructor(readonly root: string, private readonly notes: string[], private readonly signal?: AbortSignal, private readonly limits = SCAN_LIMITS) {
    this.end = performance.now() + limits.milliseconds;
  }

  /** Null for a folder that does not exist, cannot be read, has been listed already, or lies beyond the limits. @throws CancelledError */
  async list(dir: string, depth = 0): Promise<Listing | null> {
    if (this.signal?.aborted) throw new CancelledError();
    if (this.stopped || depth > this.limits.depth) return null;
    try {
      const real = await realpath(dir);
      if (this.seen.has(real)) return null;
      this.seen.add(real);
      const entries = await readdir(real, { withFileTypes: true });
      this.entries += entries.length;
      if (this.entries > this.limits.entries || performance.now() > this.end) this.stop();
      const kinds = await Promise.all(entries.map((entry) => kindOf(real, entry)));
      const named = (kind: 'file' | 'folder') => entries.filter((_, i) => kinds[i] === kind).map(({ name }) => name).sort();
      return { dir, files: named('file'), folders: named('folder') };
    } catch (error) {
      if (!isMissing(error)) this.notes.push(`"${dir}" cannot be looked into (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}); give this user the right to read it, if models lie there.`);
      return null;
    }
  }

  note(sentence: string): void {
    this.notes.push(sentence);
  }

  private stop(): void {
    this.stopped = true;
    const { entries, milliseconds } = this.limits;
    this.notes.push(`Not all of "${this.root}" was looked at: it holds more than ${entries.toLocaleString('en-US')} files or takes longer than ${milliseconds / 1000} s; name the folder with the models in it.`);
  }
}

/** Files and folders, through links. A link that leads nowhere counts as a file: of a weight that is missing, the reader says so. */
async function kindOf(dir: string, entry: Dirent): Promise<'file' | 'folder' | null> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return null;
  const found = await stat(join(dir, entry.name)).catch(() => null);
  if (!found) return 'file';
  return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : null;
}
