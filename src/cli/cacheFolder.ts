import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this machine keeps what programs can make again. */
export function cacheFolder(): string {
  switch (process.platform) {
    case 'win32': return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'flashtrace');
    case 'darwin': return join(homedir(), 'Library', 'Caches', 'flashtrace');
    default: return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'flashtrace');
  }
}
