import type { EngineErrorData } from '../engine/errors';
import type { DownloadOrder, DownloadProgress, FoundModel, RepositoryOffer } from './repository';

/** What can be asked of the downloader's thread. */
export interface HubMethods {
  /** Models whose names hold the text, the most downloaded first. */
  search: { params: { readonly query: string; readonly token: string | null }; result: readonly FoundModel[] };
  /** What a repository has to offer. */
  look: { params: { readonly repository: string; readonly revision: string; readonly token: string | null }; result: RepositoryOffer };
  /** Fetches what is missing; gives the folder of the checkpoint, or the GGUF file (the first part of several). */
  download: { params: DownloadOrder & { readonly token: string | null }; result: { readonly path: string } };
}

export type HubMethod = keyof HubMethods;

export type ToDownloader =
  | { [M in HubMethod]: { readonly type: 'request'; readonly id: number; readonly method: M; readonly params: HubMethods[M]['params'] } }[HubMethod]
  | { readonly type: 'cancel'; readonly id: number };

export type FromDownloader =
  | { readonly type: 'progress'; readonly id: number; readonly progress: DownloadProgress }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: EngineErrorData };

/** What the thread is started with: where to fetch from and where to put it. */
export interface DownloaderData {
  /** Address of the hub, without a slash at its end. */
  readonly endpoint: string;
  /** The Hugging Face cache. */
  readonly cacheDir: string;
  /** False where files are to lie in the snapshots themselves (`HF_HUB_DISABLE_SYMLINKS`); where links cannot be made they do anyway. */
  readonly links: boolean;
  /** First pause before a request that failed is made again; it doubles from try to try. */
  readonly retryMs: number;
}
