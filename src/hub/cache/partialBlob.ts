import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { HubFile } from '../../protocol/hub/repository';

/** Read at a time while what came earlier is hashed. */
const CHECK_BYTES = 4 << 20;

/**
 * Bytes of a file that is on its way. While it is written to it has a name of ours, `ETAG.flashtrace.incomplete`, since another program that holds `ETAG.incomplete` open could go on writing into
 * it, even after it has become the blob. Where it is left it gets that name, which older versions of `huggingface_hub` resume (0.34 does, 2.4 begins anew) and newer ones count and prune; what lies under it is taken over as a copy.
 * One at a time: whoever holds the repository's lock.
 */
export class PartialBlob {
  private constructor(
    private readonly blobs: string,
    private readonly file: HubFile,
    private readonly handle: FileHandle,
    private hash: Hash,
    /** Bytes that are here, from the first one on. */
    public length: number,
    /** Some of them came in an earlier run, or through another program. */
    public inherited: boolean,
  ) {}

  /** @param onChecking called while what came in an earlier run is hashed */
  static async open(blobs: string, file: HubFile, onChecking: () => void, signal: AbortSignal): Promise<PartialBlob> {
    const own = ownPath(blobs, file);
    await takeOver(sharedPath(blobs, file), own, file);
    const handle = await open(own, constants.O_RDWR | constants.O_CREAT);
    try {
      const { size } = await handle.stat();
      if (size > file.size) await handle.truncate(0);
      const length = size > file.size ? 0 : size;
      const hash = newHash(file);
      const buffer = Buffer.alloc(Math.min(CHECK_BYTES, length));
      for (let at = 0; at < length;) {
        signal.throwIfAborted();
        const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, length - at), at);
        if (bytesRead === 0) throw new Error(`"${own}" became shorter while it was read`);
        hash.update(buffer.subarray(0, bytesRead));
        at += bytesRead;
        onChecking();
      }
      return new PartialBlob(blobs, file, handle, hash, length, length > 0);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) at += (await this.handle.write(chunk, at, chunk.length - at, this.length + at)).bytesWritten;
    this.hash.update(chunk);
    this.length += chunk.length;
  }

  /** Forgets what came. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = newHash(this.file);
    this.length = 0;
    this.inherited = false;
  }

  /** Whether all that came hashes to the file's name. The hash is used up by it: what follows is `finish`, `discard` or `restart`. */
  isSound(): boolean {
    return this.length === this.file.size && this.hash.digest('hex') === this.file.etag;
  }

  /** It becomes the blob: whoever sees that name sees all of it. */
  async finish(): Promise<void> {
    await this.handle.datasync();
    await this.handle.close();
    await rename(ownPath(this.blobs, this.file), join(this.blobs, this.file.etag));
    await rm(sharedPath(this.blobs, this.file), { force: true });
  }

  async discard(): Promise<void> {
    await this.handle.close();
    for (const path of [ownPath(this.blobs, this.file), sharedPath(this.blobs, this.file)]) await rm(path, { force: true });
  }

  /** Ends for now: the next run, or Python, goes on from here. */
  async leave(): Promise<void> {
    await this.handle.close();
    const own = ownPath(this.blobs, this.file);
    await (this.length === 0 ? rm(own, { force: true }) : rename(own, sharedPath(this.blobs, this.file)));
  }
}

/** Bytes of a file that an earlier run left. */
export async function partialBytes(blobs: string, file: HubFile): Promise<number> {
  const sizes = await Promise.all([ownPath(blobs, file), sharedPath(blobs, file)].map(sizeOf));
  return Math.max(0, ...sizes.filter((size) => size <= file.size));
}

/** What lies under the name that all programs use, where it is more than what we have. */
async function takeOver(shared: string, own: string, file: HubFile): Promise<void> {
  const [theirs, ours] = await Promise.all([shared, own].map(sizeOf));
  if (theirs <= ours || theirs > file.size) return;
  // A copy of the file system's kind where it has one (APFS, Btrfs, XFS). Without room for another, there is nothing left but the file itself.
  await copyFile(shared, own, constants.COPYFILE_FICLONE).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error;
    return rename(shared, own);
  });
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(({ size }) => size, () => 0);
}

function ownPath(blobs: string, { etag }: HubFile): string {
  return join(blobs, `${etag}.flashtrace.incomplete`);
}

function sharedPath(blobs: string, { etag }: HubFile): string {
  return join(blobs, `${etag}.incomplete`);
}

function newHash({ etag, size }: HubFile): Hash {
  return etag.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}
