import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { HubFile } from '../../protocol/hub/repository';
import { fileNameParts } from '../choosing/fileName';
import type { RepositoryFolders } from './cacheFolders';
import { partialBytes } from './partialBlob';

/** Where links cannot be made: Windows without the right to, file systems without links. */
const NO_LINKS = ['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'UNKNOWN'];
export function snapshotFolder(folders: RepositoryFolders, commit: string): string {
  return join(folders.top, 'snapshots', commit);
}

/** Whether a file needs no fetching: it is in the snapshot, or its blob is there. By size, as Python takes them; what we put there was hashed. */
export async function isHere(folders: RepositoryFolders, commit: string, file: HubFile): Promise<boolean> {
  return await isWhole(join(snapshotFolder(folders, commit), ...file.path.split('/')), file) || isWhole(join(folders.blobs, file.etag), file);
}

/** Bytes of a file that need no fetching. */
export async function bytesHere(folders: RepositoryFolders, commit: string, file: HubFile): Promise<number> {
  return await isHere(folders, commit, file) ? file.size : partialBytes(folders.blobs, file);
}

function isWhole(path: string, { size }: HubFile): Promise<boolean> {
  return stat(path).then((found) => found.isFile() && found.size === size, () => false);
}

/** Nothing beside them: `huggingface_hub` 0.34 takes a CACHEDIR.TAG, as 2.4 writes it itself, for a repository that is damaged. */
export async function prepareFolders(folders: RepositoryFolders): Promise<void> {
  for (const folder of [folders.blobs, join(folders.top, 'refs'), join(folders.top, 'snapshots')]) await mkdir(folder, { recursive: true });
}

/**
 * Makes whole blobs the files of a snapshot, as links to them or, where there are none, by moving them there. config.json comes last, so that nobody sees a checkpoint before all of it is there; then
 * the revision's ref.
 */
export async function publish(folders: RepositoryFolders, { revision, commit }: { readonly revision: string; readonly commit: string }, files: readonly HubFile[], { repository, links }: { readonly repository: string; readonly links: boolean }): Promise<void> {
  const moved = new Map<string, string>();
  for (const file of [...files].sort((a, b) => Number(a.path === 'config.json') - Number(b.path === 'config.json'))) {
    const pointer = join(snapshotFolder(folders, commit), ...fileNameParts(file.path, repository));
    if (await isWhole(pointer, file)) continue;
    await mkdir(dirname(pointer), { recursive: true });
    await rm(pointer, { force: true });
    const blob = join(folders.blobs, file.etag);
    if (links && await link(blob, pointer)) continue;
    const twin = moved.get(file.etag);
    if (twin === undefined) await rename(blob, pointer);
    else {
      const fresh = `${blob}.flashtrace.incomplete`;
      await copyFile(twin, fresh);
      await rename(fresh, pointer);
    }
    moved.set(file.etag, pointer);
  }
  if (revision !== commit) await replaceText(join(folders.top, 'refs', ...revision.split('/')), commit);
}

async function link(blob: string, pointer: string): Promise<boolean> {
  try {
    await symlink(relative(dirname(pointer), blob), pointer, 'file');
    return true;
  } catch (error) {
    if (NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function replaceText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${randomUUID()}.tmp`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}
