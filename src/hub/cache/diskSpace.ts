import { statfs } from 'node:fs/promises';
import { formatBytes } from '../../concepts/formatNumbers';
import { DownloadError, EngineError } from '../../engine/base/errors';

/** Left to others: a disk that is full to the last byte harms every program. */
const SPARE_BYTES = 200e6;

/** @throws DownloadError where the disk has no room for so many more bytes */
export async function checkDiskSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (bytes > 0 && free < bytes + SPARE_BYTES) {
    throw new DownloadError(`${formatBytes(bytes)} are to be fetched, but the disk of "${folder}" has ${formatBytes(free)} left (${formatBytes(SPARE_BYTES)} of it stay free); make room, or set HF_HOME to a folder on another disk.`);
  }
}

/** A failure of the file system in a sentence; anything else as it is. */
export function asDiskError(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof EngineError || typeof code !== 'string') return error;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new DownloadError(`The disk of "${folder}" is full; what came is kept, make room and run the download again.`, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DownloadError(`"${folder}" cannot be written to (${code}); give yourself the right to, or set HF_HOME to another folder.`, { cause: error });
    case 'ENOENT':
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EIO':
    case 'EBUSY':
    case 'EMFILE':
      return new DownloadError(`A file of the cache "${folder}" could not be written (${code}), perhaps since another program changes it at the same time; run the download again.`, { cause: error });
    default:
      return error;
  }
}
