import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gitHash, sha256 } from './seededBytes';

/** Bytes that lie in the buffers of two sockets, of Node's streams and of the kernel when a connection is cut. */
export const IN_FLIGHT = 8e6;

/** A file of a repository; large ones are LFS files there, which another host serves. */
export interface ServedFile {
  readonly content: Buffer;
  readonly lfs?: boolean;
}

export interface ServedRepository {
  readonly commit: string;
  readonly modelType?: string;
  readonly files: Readonly<Record<string, ServedFile>>;
}

/** What happened at the hub and its CDN, in the order of requests. */
export interface Served {
  readonly host: 'hub' | 'cdn';
  readonly url: string;
  readonly range?: string;
  readonly ifRange?: string;
  readonly authorization?: string;
  /** Bytes of a file that were handed to the connection. */
  bytes: number;
}

/** A fault for one request; return false to let the request go its way. */
export type Fault = (request: { readonly host: 'hub' | 'cdn'; readonly url: string; readonly headers: IncomingMessage['headers'] }, response: ServerResponse) => boolean;

/**
 * A hub on loopback whose answers have the form of the real one's: API of models, trees in pages, `resolve` with X-Repo-Commit, X-Linked-Etag, X-Linked-Size and a redirect to a CDN on another port,
 * which has ETags of its own and serves ranges.
 */
export class HubServer {
  readonly served: Served[] = [];
  /** The first that answers a request takes it. */
  faults: Fault[] = [];
  /** After so many bytes of a file the connection is cut; each cut is used once, in this order. */
  cuts: number[] = [];
  /** Requests for files or their list need this token. */
  requiredToken: string | null = null;
  /** Bytes a second of the CDN; null as fast as it goes. */
  speed: number | null = null;
  /** A tag that is another for each version of what the CDN serves. */
  cdnVersion = 'v1';

  private constructor(private readonly hub: Server, private readonly cdn: Server, readonly repositories: Map<string, ServedRepository>) {}

  static async start(repositories: Readonly<Record<string, ServedRepository>>): Promise<HubServer> {
    const [hub, cdn] = [createServer(), createServer()];
    const server = new HubServer(hub, cdn, new Map(Object.entries(repositories)));
    hub.on('request', (request, response) => { server.answer('hub', request, response); });
    cdn.on('request', (request, response) => { server.answer('cdn', request, response); });
    for (const each of [hub, cdn]) {
      each.listen(0, '127.0.0.1');
      await once(each, 'listening');
    }
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.hub.address() as AddressInfo).port}`;
  }

  get cdnOrigin(): string {
    return `http://127.0.0.1:${(this.cdn.address() as AddressInfo).port}`;
  }

  /** Bytes of files that were served, in all. */
  get bytesServed(): number {
    return this.served.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async close(): Promise<void> {
    for (const each of [this.hub, this.cdn]) {
      each.closeAllConnections();
      each.close();
      await once(each, 'close');
    }
  }

  private answer(host: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/';
    const { range, 'if-range': ifRange, authorization } = request.headers as Record<string, string | undefined>;
    const served: Served = { host, url, range, ifRange, authorization, bytes: 0 };
    this.served.push(served);
    if (this.faults.some((fault) => fault({ host, url, headers: request.headers }, response))) return;
    if (host === 'cdn') this.sendFrom(url, served, response);
    else this.answerHub(new URL(url, 'http://hub'), served, response);
  }

  private answerHub(url: URL, served: Served, response: ServerResponse): void {
    if (url.pathname === '/api/models') return this.search(url, response);
    const [, api, name, rest] = /^\/(api\/models\/)?([^/]+\/[^/]+)\/(.+)$/.exec(url.pathname) ?? [];
    const repository = this.repositories.get(name);
    if (!repository) return refuse(response, 404, 'RepoNotFound');
    if (this.requiredToken !== null && served.authorization !== `Bearer ${this.requiredToken}`) return refuse(response, served.authorization === undefined ? 401 : 403, 'GatedRepo');
    if (api && rest.startsWith('revision/')) {
      if (!['main', 'HEAD', repository.commit].includes(decodeURIComponent(rest.slice('revision/'.length)))) return refuse(response, 404, 'RevisionNotFound');
      return sendJson(response, { ...modelOf(name, repository), sha: repository.commit, siblings: Object.keys(repository.files).map((rfilename) => ({ rfilename })) });
    }
    if (api && rest.startsWith(`tree/${repository.commit}`)) return this.tree(url, repository, response);
    const [, revision, path] = /^resolve\/([^/]+)\/(.+)$/.exec(rest) ?? [];
    if (!api && ['main', repository.commit].includes(revision)) return this.resolve(decodeURIComponent(path), name, repository, served, response);
    refuse(response, 404, 'EntryNotFound');
  }

  private search(url: URL, response: ServerResponse): void {
    const query = (url.searchParams.get('search') ?? '').toLowerCase();
    sendJson(response, [...this.repositories].filter(([name]) => name.toLowerCase().includes(query)).map(([name, repository]) => modelOf(name, repository)));
  }

  /** Two entries a page, as the real hub divides long lists. */
  private tree(url: URL, { files }: ServedRepository, response: ServerResponse): void {
    const entries = Object.entries(files).map(([path, { content, lfs }]) => (lfs
      ? { type: 'file', oid: gitHash(Buffer.from(sha256(content))), size: content.length, lfs: { oid: sha256(content), size: content.length, pointerSize: 134 }, path }
      : { type: 'file', oid: gitHash(content), size: content.length, path }));
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const next = new URL(url.href);
    next.searchParams.set('cursor', String(start + 2));
    sendJson(response, entries.slice(start, start + 2), start + 2 < entries.length ? { link: `<${this.endpoint}${next.pathname}${next.search}>; rel="next"` } : {});
  }

  private resolve(path: string, name: string, { commit, files }: ServedRepository, served: Served, response: ServerResponse): void {
    const file = files[path];
    if (!file) return refuse(response, 404, 'EntryNotFound');
    const common = { 'x-repo-commit': commit, 'accept-ranges': 'bytes' };
    if (!file.lfs) return this.send(file.content, { ...common, etag: `"${gitHash(file.content)}"` }, served, response);
    response.writeHead(302, { ...common, 'x-linked-etag': `"${sha256(file.content)}"`, 'x-linked-size': String(file.content.length), etag: `"${sha256(file.content)}"`, location: `${this.cdnOrigin}/${name}/${encodeURIComponent(path)}?signature=x` });
    response.end();
  }

  private sendFrom(url: string, served: Served, response: ServerResponse): void {
    const [, name, path] = /^\/([^/]+\/[^/]+)\/([^?]+)\?/.exec(url) ?? [];
    const file = this.repositories.get(name)?.files[decodeURIComponent(path)];
    if (!file) return refuse(response, 404);
    this.send(file.content, { etag: `"${this.cdnVersion}-${path}"`, 'accept-ranges': 'bytes' }, served, response);
  }

  private send(content: Buffer, headers: Record<string, string>, served: Served, response: ServerResponse): void {
    const wanted = served.ifRange === undefined || served.ifRange === headers.etag ? /^bytes=(\d+)-$/.exec(served.range ?? '') : null;
    const start = wanted ? Number(wanted[1]) : 0;
    if (start >= content.length && content.length > 0) return refuse(response, 416);
    response.writeHead(wanted ? 206 : 200, { ...headers, 'content-length': content.length - start, ...(wanted && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }) });
    const cut = content.length - start > (this.cuts[0] ?? Infinity) ? this.cuts.shift() : undefined;
    void this.stream(content.subarray(start, cut === undefined ? undefined : start + cut), served, response, cut !== undefined);
  }

  private async stream(bytes: Buffer, served: Served, response: ServerResponse, isCut: boolean): Promise<void> {
    const step = 64 << 10;
    for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
      const chunk = bytes.subarray(at, at + step);
      served.bytes += chunk.length;
      // Not ahead of the network: what counts as served has left for it.
      await new Promise<void>((resolve) => { response.write(chunk, () => { resolve(); }); });
      if (this.speed !== null) await new Promise((resolve) => setTimeout(resolve, (chunk.length / this.speed!) * 1000));
    }
    if (isCut) response.destroy();
    else response.end();
  }
}

function modelOf(name: string, { modelType = 'llama' }: ServedRepository): object {
  return { _id: '0123456789abcdef01234567', id: name, private: false, gated: false, downloads: 1234, likes: 5, lastModified: '2026-01-02T03:04:05.000Z', pipeline_tag: 'text-generation', config: { architectures: ['LlamaForCausalLM'], model_type: modelType } };
}

function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(value));
}

export function refuse(response: ServerResponse, status: number, code?: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(code !== undefined && { 'x-error-code': code }), ...headers });
  response.end(JSON.stringify({ error: code ?? 'refused' }));
}
