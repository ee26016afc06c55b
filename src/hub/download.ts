import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DownloadError } from '../engine/base/errors';
import type { DownloadOrder, DownloadProgress, HubFile } from '../protocol/hub/repository';
import { repositoryFolders, type RepositoryFolders } from './cache/cacheFolders';
import { asDiskError, checkDiskSpace } from './cache/diskSpace';
import { PartialBlob } from './cache/partialBlob';
import { withRepositoryLock } from './cache/repositoryLock';
import { bytesHere, isHere, prepareFolders, publish, snapshotFolder } from './cache/snapshot';
import { fileNameParts } from './choosing/fileName';
import { checkIndex, WEIGHTS_INDEX } from './choosing/neededFiles';
import { bytesOf } from './choosing/quantisations';
import { checkedRevision, parseRepository } from './choosing/repositoryName';
import type { HubConnection } from './network/connection';
import { openFile, type Validator } from './network/openFile';
import { retrying } from './network/retrying';
import { SpeedMeter } from './speedMeter';

/** Failures in a row without a byte more. */
const TRIES = 6;
const PROGRESS_MS = 200;

export interface DownloadPlace {
  readonly connection: HubConnection;
  readonly cacheDir: string;
  readonly links: boolean;
  readonly retryMs: number;
}

/**
 * Fetches what of a choice is missing, file by file: each is hashed before it becomes a blob of the cache, and the snapshot shows them when all are there. Cancelled or failed, what came stays and
 * is gone on from.
 * @returns the checkpoint's folder, or the GGUF file (the first part of several)
 * @throws DownloadError, AccessError, OptionsError, or the signal's reason
 */
export async function download(order: DownloadOrder & { readonly token: string | null }, place: DownloadPlace, onProgress: (progress: DownloadProgress) => void, signal: AbortSignal): Promise<string> {
  const { choice: { files, kind }, commit } = order;
  const { repository } = parseRepository(order.repository, place.connection.endpoint);
  checkedRevision(order.revision);
  // They were chosen by our own look at the repository, but came through another thread; names become paths here.
  if (!/^[0-9a-f]{40}$/.test(commit) || files.length === 0 || files.some(({ etag }) => !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag))) throw new DownloadError(`The order for ${repository} names no commit or files of a hub; look the repository up again.`);
  const parts = files.map(({ path }) => fileNameParts(path, repository));
  const folders = repositoryFolders(place.cacheDir, repository);
  try {
    const total = bytesOf(files);
    await withRepositoryLock(folders.locks, signal, () => { onProgress({ phase: 'waiting', bytes: 0, total, bytesPerSecond: null }); }, async () => {
      await prepareFolders(folders);
      const here = new Map<HubFile, number>();
      for (const file of files) here.set(file, await bytesHere(folders, commit, file));
      await checkDiskSpace(folders.blobs, total - [...here.values()].reduce((a, b) => a + b, 0));
      const fetching = new Fetching(order, repository, place, folders, here, onProgress, signal);
      // Small files first: what is wrong with a repository shows before its gigabytes come.
      for (const file of [...files].sort((a, b) => a.size - b.size)) {
        await fetching.fetch(file);
        if (file.path === WEIGHTS_INDEX) checkIndex(repository, await readIndex(folders, commit, file), files);
      }
      await publish(folders, order, files, { repository, links: place.links });
    });
  } catch (error) {
    signal.throwIfAborted();
    throw asDiskError(error, place.cacheDir);
  }
  const snapshot = snapshotFolder(folders, commit);
  return kind === 'gguf' ? join(snapshot, ...parts[0]) : snapshot;
}

function readIndex(folders: RepositoryFolders, commit: string, { path, etag }: HubFile): Promise<string> {
  return readFile(join(folders.blobs, etag), 'utf8').catch(() => readFile(join(snapshotFolder(folders, commit), path), 'utf8'));
}

/** The files of one order, one after another, with the progress of all of them. */
class Fetching {
  private readonly meter = new SpeedMeter();
  private readonly total: number;
  private told = -Infinity;

  constructor(
    private readonly order: DownloadOrder & { readonly token: string | null },
    private readonly repository: string,
    private readonly place: DownloadPlace,
    private readonly folders: RepositoryFolders,
    /** Bytes of each file that are on this machine. */
    private readonly here: Map<HubFile, number>,
    private readonly onProgress: (progress: DownloadProgress) => void,
    private readonly signal: AbortSignal,
  ) {
    this.total = bytesOf([...here.keys()]);
  }

  async fetch(file: HubFile): Promise<void> {
    this.signal.throwIfAborted();
    if (await isHere(this.folders, this.order.commit, file)) return this.tell('fetching', file, file.size);
    const partial = await PartialBlob.open(this.folders.blobs, file, () => { this.tell('checking', file, this.here.get(file) ?? 0); }, this.signal);
    if (partial.inherited) this.meter.restart();
    let isOpen = true;
    try {
      const wasInherited = partial.inherited;
      await this.receive(file, partial);
      let isSound = partial.isSound();
      if (!isSound && wasInherited) {
        // What an earlier run or another program left was no beginning of this file.
        await partial.restart();
        await this.receive(file, partial);
        isSound = partial.isSound();
      }
      isOpen = false;
      if (isSound) return await partial.finish();
      await partial.discard();
      throw new DownloadError(`${file.path} of ${this.repository} came with another checksum than the hub lists (${file.etag}) and was removed; run the download again, and if it fails again, ask the repository's owner or try another network.`);
    } finally {
      if (isOpen) await partial.leave();
    }
  }

  /** All bytes that are missing, over as many connections as it takes. */
  private async receive(file: HubFile, partial: PartialBlob): Promise<void> {
    const { order: { commit, token }, repository, place, signal } = this;
    let validator: Validator | null = null;
    await retrying(async () => {
      if (partial.length === file.size) return;
      const opened = await openFile(place.connection, { repository, commit, file, from: partial.length, validator, token, signal });
      validator = opened.validator;
      // The host cannot go on in the middle, or has another version now.
      if (opened.from !== partial.length) await partial.restart();
      for await (const chunk of opened.chunks) {
        await partial.write(chunk);
        this.meter.add(chunk.length);
        this.tell('fetching', file, partial.length);
        signal.throwIfAborted();
      }
    }, { most: TRIES, firstMs: place.retryMs, gained: () => partial.length, onPause: () => { this.tell('pausing', file, partial.length); } }, signal);
  }

  private tell(phase: DownloadProgress['phase'], file: HubFile, bytes: number): void {
    this.here.set(file, bytes);
    const now = performance.now();
    if (phase === 'fetching' && now - this.told < PROGRESS_MS && bytes < file.size) return;
    this.told = now;
    this.onProgress({ phase, bytes: [...this.here.values()].reduce((a, b) => a + b, 0), total: this.total, bytesPerSecond: this.meter.bytesPerSecond() });
  }
}
