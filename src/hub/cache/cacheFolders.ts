import { homedir } from 'node:os';
import { join } from 'node:path';
import { withHome } from '../../engine/base/folders';

/** Where the Hugging Face cache can be, the most specific variable first; the same order as the `huggingface_hub` library. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  const found = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(huggingFaceHome(env, home), 'hub');
  return withHome(found, home);
}

/** Where `hf auth login` leaves its token. */
export function tokenFile(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  return withHome(env.HF_TOKEN_PATH || join(huggingFaceHome(env, home), 'token'), home);
}

function huggingFaceHome(env: NodeJS.ProcessEnv, home: string): string {
  return env.HF_HOME || join(env.XDG_CACHE_HOME || join(home, '.cache'), 'huggingface');
}

/** Folders of one repository: `models--org--name` with its blobs, snapshots and refs, and its locks beside all repositories. */
export interface RepositoryFolders {
  readonly top: string;
  readonly blobs: string;
  readonly locks: string;
}

export function repositoryFolders(cacheDir: string, repository: string): RepositoryFolders {
  const name = ['models', ...repository.split('/')].join('--');
  const top = join(cacheDir, name);
  return { top, blobs: join(top, 'blobs'), locks: join(cacheDir, '.locks', name) };
}
