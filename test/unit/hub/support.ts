import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { download } from '../../../src/hub/download';
import { look } from '../../../src/hub/look';
import { HubConnection } from '../../../src/hub/network/connection';
import { chosenIn } from '../../../src/hub/choosing/neededFiles';
import type { DownloadProgress, RepositoryOffer } from '../../../src/protocol/hub/repository';
import { HubServer, type ServedRepository } from '../../support/hub/hubServer';

export interface DownloadOptions {
  readonly token?: string | null;
  readonly choice?: string;
  readonly links?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** What is known of the repository from an earlier look. */
  readonly offer?: RepositoryOffer;
}

/** A hub, a cache and what the downloader's thread does between them, for one test. */
export class HubAndCache {
  private constructor(readonly hub: HubServer, readonly cacheDir: string, readonly connection: HubConnection) {}

  static async open(repositories: Readonly<Record<string, ServedRepository>>, cacheDir: string): Promise<HubAndCache> {
    const hub = await HubServer.start(repositories);
    return new HubAndCache(hub, cacheDir, new HubConnection(hub.endpoint));
  }

  look(repository: string, { token = null, signal = new AbortController().signal }: DownloadOptions = {}): Promise<RepositoryOffer> {
    return look(this.connection, this.cacheDir, { repository, revision: 'main', token, retryMs: 2 }, signal);
  }

  async download(repository: string, options: DownloadOptions = {}): Promise<string> {
    const { token = null, choice = null, links = true, signal = new AbortController().signal, onProgress = () => undefined } = options;
    const offer = options.offer ?? await this.look(repository, options);
    const { kind, name, files } = chosenIn(repository, offer.choices, choice);
    const order = { repository, revision: offer.revision, commit: offer.commit, choice: { kind, name, files }, token };
    return download(order, { connection: this.connection, cacheDir: this.cacheDir, links, retryMs: 2 }, onProgress, signal);
  }

  /** A path in the repository's folder of the cache. */
  path(repository: string, ...parts: string[]): string {
    return join(this.cacheDir, `models--${repository.replaceAll('/', '--')}`, ...parts);
  }

  /** Names in a folder of the repository, sorted; none where there is no folder. */
  names(repository: string, ...parts: string[]): string[] {
    const path = this.path(repository, ...parts);
    return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [];
  }

  /** Whether every file of a snapshot is what the hub has, byte by byte. */
  differing(repository: string, snapshot: string, names: readonly string[]): string[] {
    const { files } = this.hub.repositories.get(repository)!;
    return names.filter((name) => !readFileSync(join(snapshot, name)).equals(files[name].content));
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.hub.close();
  }
}
