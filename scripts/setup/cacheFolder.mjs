import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the VS Code used by tests and `npm start` is kept between clones: a folder of the user, never of the project. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'flashtrace-vscode');
}
