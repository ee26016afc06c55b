import { formatDuration } from '../../concepts/formatNumbers';
import { AccessError, DownloadError } from '../../engine/base/errors';

/** It may go well another time: the network, a busy hub. Says what happened where no other try is made. */
export class TransientError extends DownloadError {
  /** @param retryAfterMs how long the hub asks to wait; null where it does not say */
  constructor(message: string, readonly retryAfterMs: number | null, options?: ErrorOptions) { super(message, options); }
}

/** What a request was for. */
export interface Asked {
  /** Address of the hub. */
  readonly endpoint: string;
  /** Null for a search. */
  readonly repository: string | null;
  /** The revision or file that is meant, for a sentence. */
  readonly what: string;
  readonly hasToken: boolean;
}

type Headers = Readonly<Record<string, string | undefined>>;

/** The error of a status of 400 or more. */
export function refusal(status: number, headers: Headers, { endpoint, repository, what, hasToken }: Asked): DownloadError | AccessError {
  const page = repository === null ? endpoint : `${endpoint}/${repository}`;
  switch (status) {
    case 401:
      return new AccessError(hasToken
        ? `${endpoint} does not know the token (401); give one that is valid, from ${endpoint}/settings/tokens.`
        : `${endpoint} gives ${what} only to those whom it knows (401): there is no such repository, or it is private or gated; check the name, accept the licence at ${page} and give a token (HF_TOKEN).`);
    case 403:
      return new AccessError(hasToken
        ? `The token has no access to ${what} (403); accept the licence at ${page} with its account, or give a token that may read gated repositories.`
        : `${endpoint} gives ${what} only to those who accepted its licence (403); accept it at ${page} and give a token (HF_TOKEN).`);
    case 404:
      return new DownloadError(`${endpoint} has no ${what} (404${headers['x-error-code'] ? `, ${headers['x-error-code']}` : ''}); check the name and the revision.`);
    case 429: {
      const wait = retryAfter(headers);
      return new TransientError(`${endpoint} takes no more requests for now (429)${wait === null ? '' : ` and asks to wait ${formatDuration(wait)}`}; run the download again then, with a token (HF_TOKEN) for a higher limit.`, wait);
    }
    default:
      return status === 408 || status >= 500
        ? new TransientError(`${endpoint} failed at ${what} (${status}) each time it was asked; run the download again later, what came is kept.`, retryAfter(headers))
        : new DownloadError(`${endpoint} answered ${status} for ${what}; check the name, and HF_ENDPOINT where you have set it.`);
  }
}

/** Milliseconds, from seconds or a date. */
function retryAfter(headers: Headers): number | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** A failure below HTTP. */
export function networkError(error: unknown, url: URL, proxy: string): unknown {
  if (error instanceof DownloadError || error instanceof AccessError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const { code = error.message } = error as NodeJS.ErrnoException;
  const by = proxy === '' ? '' : ` by the proxy ${withoutPassword(proxy)}`;
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) {
    return new DownloadError(`The certificate of ${url.host} cannot be trusted (${code}); where a firewall of yours opens connections, name its certificate in NODE_EXTRA_CA_CERTS.`, { cause: error });
  }
  if (error.message.startsWith('Proxy response')) return new DownloadError(`The proxy ${withoutPassword(proxy)} does not let ${url.host} through (${error.message}); check http.proxy or HTTPS_PROXY.`, { cause: error });
  return new TransientError(`${url.host} cannot be reached${by} (${code}); check the network and your proxy (http.proxy, HTTPS_PROXY), then run the download again: what came is kept.`, null, { cause: error });
}

function withoutPassword(proxy: string): string {
  return proxy.replace(/\/\/[^@/]*@/, '//');
}
