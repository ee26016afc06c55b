import { DownloadError } from '../../engine/base/errors';
import type { HubFile } from '../../protocol/hub/repository';
import type { HubConnection } from './connection';
import { networkError, refusal } from './refusals';

/** Who sent bytes of a file, and what it calls this version of it: another answer of the same host can be asked to go on only if it still is. */
export interface Validator {
  readonly origin: string;
  readonly etag: string;
}

export interface FileRequest {
  readonly repository: string;
  readonly commit: string;
  readonly file: HubFile;
  /** The first byte that is wanted. */
  readonly from: number;
  readonly validator: Validator | null;
  readonly token: string | null;
  readonly signal: AbortSignal;
}

export interface OpenedFile {
  /** The first byte that comes: 0 where the host sends all of it again. */
  readonly from: number;
  readonly validator: Validator | null;
  /** Bytes up to the file's end, or fewer: it then throws a TransientError. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Asks for a file of a commit from a byte on. What the answer says of the file (size, hash, range) must be what the list of files said.
 * @throws DownloadError, AccessError
 */
export async function openFile(connection: HubConnection, { repository, commit, file, from, validator, token, signal }: FileRequest): Promise<OpenedFile> {
  const what = `${file.path} of ${repository}`;
  const answer = await connection.open(`${connection.endpoint}/${repository}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`, {
    token,
    signal,
    headersFor: (origin) => (from === 0 ? {} : { range: `bytes=${from}-`, ...(validator?.origin === origin && { 'if-range': validator.etag }) }),
  });
  const { status, headers, hubHeaders, origin, body } = answer;
  const refuse = (error: Error): never => {
    body.on('error', () => undefined).destroy();
    throw error;
  };
  if (status >= 400) refuse(refusal(status, headers, { endpoint: connection.endpoint, repository, what, hasToken: token !== null }));
  const lies = (found: string): never => refuse(new DownloadError(`${origin} sends ${what} ${found}; it was not taken, run the download again later or from another hub (HF_ENDPOINT).`));

  const said = /^(?:W\/)?"?([0-9a-f]{40}|[0-9a-f]{64})"?$/.exec(hubHeaders['x-linked-etag'] ?? hubHeaders.etag ?? '')?.[1];
  if (said !== undefined && said.length === file.etag.length && said !== file.etag) lies(`as another version (${said}) than it listed (${file.etag})`);
  const linkedSize = hubHeaders['x-linked-size'];
  if (linkedSize !== undefined && Number(linkedSize) !== file.size) lies(`with ${linkedSize} bytes, but listed ${file.size}`);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') lies(`in an encoding that nobody asked for (${encoding})`);
  const start = status === 206 ? from : 0;
  if (status === 206) {
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (Number(first) !== from || Number(last) !== file.size - 1 || (total !== '*' && Number(total) !== file.size)) lies(`as "${headers['content-range'] ?? 'no range'}", but bytes ${from} to ${file.size - 1} of ${file.size} were asked for`);
  } else if (status !== 200) lies(`with status ${status}`);
  const length = headers['content-length'];
  if (length !== undefined && Number(length) !== file.size - start) lies(`with ${length} bytes, but listed ${file.size}`);

  // A weak one may name versions that differ.
  const etag = headers.etag !== undefined && !headers.etag.startsWith('W/') ? headers.etag : null;
  return { from: start, validator: etag === null ? null : { origin, etag }, chunks: chunksOf(body as AsyncIterable<Uint8Array>, file.size - start, lies, origin) };
}

async function* chunksOf(body: AsyncIterable<Uint8Array>, expected: number, lies: (found: string) => never, origin: string): AsyncIterable<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > expected) lies('with more bytes than it listed');
      yield chunk;
    }
    if (bytes < expected) throw Object.assign(new Error('it ended early'), { code: 'the connection ended early' });
  } catch (error) {
    throw networkError(error, new URL(origin), '');
  }
}
