import { homedir } from 'node:os';
import { join } from 'node:path';

/** What places of files depend on. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

export const THIS_MACHINE: Machine = { env: process.env, home: homedir(), platform: process.platform };

/** A path as people write it: `~` is the home. */
export function withHome(path: string, home: string): string {
  return path === '~' || /^~[\\/]/.test(path) ? join(home, path.slice(1)) : path;
}

/** Where programs of this person keep what they can make again. */
export function userCacheFolder({ env, home, platform }: Machine = THIS_MACHINE): string {
  switch (platform) {
    case 'win32': return env.LOCALAPPDATA || join(home, 'AppData', 'Local');
    case 'darwin': return join(home, 'Library', 'Caches');
    default: return env.XDG_CACHE_HOME || join(home, '.cache');
  }
}
