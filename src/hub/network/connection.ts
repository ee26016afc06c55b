import * as tls from 'node:tls';
import type { Readable } from 'node:stream';
import { getProxyForUrl } from 'proxy-from-env';
import { Agent, Pool, ProxyAgent, request, type Dispatcher } from 'undici';
import { DownloadError } from '../../engine/base/errors';
import { networkError } from './refusals';

const CONNECT_MS = 20_000;
/** A connection over which nothing comes for so long is cut, and made again. */
const SILENT_MS = 30_000;
const MOST_REDIRECTS = 5;
const MOST_HEADER_BYTES = 64 << 10;

export interface Answer {
  readonly status: number;
  /** Of the last answer. Names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the hub's own answer, which may lead to another host. */
  readonly hubHeaders: Readonly<Record<string, string | undefined>>;
  /** Who sent the last answer: `https://host:port`. */
  readonly origin: string;
  /** Must be read or destroyed. */
  readonly body: Readable;
}

export interface Asking {
  readonly token: string | null;
  /** @param origin of the host that is asked, which a redirect may have named */
  readonly headersFor?: (origin: string) => Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Requests to one hub and to the hosts that it leads to, through the proxy that the environment names. The token goes to the hub's own origin alone. Redirects lead to `https:` only, or stay at the hub
 * itself (one on loopback may lead to loopback).
 */
export class HubConnection {
  private readonly hub: URL;
  private readonly dispatchers = new Map<string, Dispatcher>();

  /** @param endpoint address of the hub; to one of `http:` that is not loopback no token is sent */
  constructor(readonly endpoint: string) {
    this.hub = new URL(endpoint);
  }

  /** A GET; statuses of errors are the caller's. @throws DownloadError */
  async open(address: string, { token, headersFor, signal }: Asking): Promise<Answer> {
    let url = this.allowed(address, this.hub);
    let hubHeaders: Answer['hubHeaders'] = {};
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const { statusCode, headers: raw, body } = await this.request(url, {
        'user-agent': 'flashtrace-vscode',
        'accept-encoding': 'identity',
        ...headersFor?.(url.origin),
        ...(token !== null && url.origin === this.hub.origin && isPrivate(url) ? { authorization: `Bearer ${token}` } : {}),
      }, signal);
      const headers = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
      hubHeaders = { ...headers, ...hubHeaders };
      const location = [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
      if (location === undefined) return { status: statusCode, headers, hubHeaders, origin: url.origin, body };
      body.on('error', () => undefined).destroy();
      url = this.allowed(location, url);
    }
    throw new DownloadError(`${this.endpoint} leads from address to address without end (more than ${MOST_REDIRECTS}); check HF_ENDPOINT, or try again later.`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
  }

  private async request(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const proxy = getProxyForUrl(url.href);
    try {
      return await request(url, { dispatcher: this.dispatcher(proxy), headers, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw networkError(error, url, proxy);
    }
  }

  private dispatcher(proxy: string): Dispatcher {
    const made = this.dispatchers.get(proxy) ?? makeDispatcher(proxy);
    this.dispatchers.set(proxy, made);
    return made;
  }

  private allowed(address: string, from: URL): URL {
    const url = URL.canParse(address, from.href) ? new URL(address, from) : null;
    if (url !== null && (url.protocol === 'https:' || url.origin === this.hub.origin || (url.protocol === 'http:' && isLoopback(url) && isLoopback(this.hub)))) return url;
    throw new DownloadError(`${this.endpoint} leads to ${JSON.stringify(url?.origin ?? address.slice(0, 80))}, which is no https: address; nothing is fetched from there, check HF_ENDPOINT.`);
  }
}

function makeDispatcher(proxy: string): Dispatcher {
  const options = { connect: { timeout: CONNECT_MS, ...certificates() }, headersTimeout: SILENT_MS, bodyTimeout: SILENT_MS, maxHeaderSize: MOST_HEADER_BYTES };
  if (proxy === '') return new Agent(options);
  try {
    // `http:` addresses are asked for in plain, as proxies expect it: many open tunnels to port 443 only.
    return new ProxyAgent({ ...options, uri: proxy, requestTls: options.connect, proxyTls: options.connect, proxyTunnel: false, clientFactory: (origin, pool) => new ProxyPool(origin, pool) });
  } catch (cause) {
    throw new DownloadError(`The proxy "${proxy.replace(/\/\/[^@/]*@/, '//')}" cannot be used (${(cause as Error).message}); give one whose address begins with http: or https: (http.proxy, HTTPS_PROXY).`, { cause });
  }
}

/** undici 6 asks a proxy that hangs up for a tunnel again and again, without end, unless its error is of another kind than that of a socket. */
class ProxyPool extends Pool {
  override async connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
    try {
      return await super.connect(options);
    } catch (cause) {
      throw Object.assign(new Error('The proxy opened no tunnel', { cause }), { code: 'it opened no tunnel' });
    }
  }
}

/** Those of the system, too, where Node can read them (22.15): companies put theirs there. */
function certificates(): { ca?: string[] } {
  const { getCACertificates: get } = tls as { getCACertificates?: (kind: 'default' | 'system') => readonly string[] };
  return get ? { ca: [...new Set([...get('default'), ...get('system')])] } : {};
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** Nobody on the way can read it. */
function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || isLoopback(url);
}
