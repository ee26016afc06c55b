/** What a model hub has, and what of it is fetched: plain data. */

/** A model that a search found. */
export interface FoundModel {
  /** `organisation/name`. */
  readonly repository: string;
  readonly downloads: number;
  /** Its licence must be accepted before it is given out. */
  readonly gated: boolean;
  /** `model_type` of its config.json, where the hub knows it. */
  readonly modelType: string | null;
}

/** A file of a repository at one commit. */
export interface HubFile {
  /** From the repository's top on, parts divided by `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** What its content hashes to, and its name among the cache's blobs: sha256 (64 hexadecimal digits) of large files (LFS), git's sha1 (40) of others. */
  readonly etag: string;
}

/** Files that together are one model. */
export interface DownloadChoice {
  /** A GGUF file by itself, or in parts, or a checkpoint folder of safetensors weights. */
  readonly kind: 'checkpoint' | 'gguf';
  /** "safetensors", or the quantisation: "Q4_K_M". */
  readonly name: string;
  readonly files: readonly HubFile[];
}

/** What of a choice lies in the cache already, in bytes. */
export interface ChoiceOffer extends DownloadChoice {
  readonly bytes: number;
  readonly bytesHere: number;
}

/** A repository at the commit that its revision named when it was asked. */
export interface RepositoryOffer {
  readonly repository: string;
  readonly revision: string;
  readonly commit: string;
  readonly modelType: string | null;
  /** Never empty: a repository without any is refused. */
  readonly choices: readonly ChoiceOffer[];
}

export interface DownloadOrder {
  readonly repository: string;
  readonly revision: string;
  readonly commit: string;
  readonly choice: DownloadChoice;
}

/** How far a download is. `waiting`: for another program that fetches the same model; `checking`: what came earlier is hashed; `pausing`: the hub or the network asked for time. */
export interface DownloadProgress {
  readonly phase: 'waiting' | 'checking' | 'fetching' | 'pausing';
  /** Bytes that lie on this machine, those of earlier runs included. */
  readonly bytes: number;
  readonly total: number;
  /** Of what came over the network in the last seconds; null before there is something to measure. */
  readonly bytesPerSecond: number | null;
}
