import { listFiles, listModels, modelInfo } from '@huggingface/hub';
import { DownloadError } from '../../engine/base/errors';
import { fields, finite, listOf, natural, optional, text, type Shape } from '../../concepts/shape';
import type { FoundModel, HubFile } from '../../protocol/hub/repository';
import { isRepository } from '../choosing/repositoryName';
import type { Answer, HubConnection } from './connection';
import { networkError, refusal, type Asked } from './refusals';
import { retrying } from './retrying';

const MOST_FOUND = 30;
/** No answer of the hub's API is longer, and no list of files. */
const MOST_BYTES = 16e6;
const MOST_FILES = 20_000;
const MOST_PAGES = 100;
const TRIES = 3;

const isFile: Shape<{ path: string; size: number; oid?: string; lfs?: { oid: string; size: number } }> = fields({ path: text, size: natural, oid: optional(text), lfs: optional(fields({ oid: text, size: natural })) });
const anObject = fields({});
const aList = listOf(anObject);
const isFound = fields({ name: text, downloads: finite });

interface Caller {
  readonly token: string | null;
  /** First pause before another try. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
}

/** @throws DownloadError, AccessError */
export async function searchModels(connection: HubConnection, query: string, caller: Caller): Promise<FoundModel[]> {
  const found: FoundModel[] = [];
  const asked = { repository: null, what: 'a search' };
  for await (const model of listModels({ search: { query }, sort: 'downloads', limit: MOST_FOUND, additionalFields: ['config'], hubUrl: connection.endpoint, fetch: apiFetch(connection, asked, aList, caller) })) {
    if (!isFound(model)) throw strange(connection, asked.what);
    if (isRepository(model.name)) found.push({ repository: model.name, downloads: model.downloads, gated: Boolean(model.gated), modelType: modelTypeOf(model.config) });
  }
  return found;
}

/** The commit that a revision names now, and the files of it. @throws DownloadError, AccessError */
export async function repositoryAt(connection: HubConnection, repository: string, revision: string, caller: Caller): Promise<{ readonly commit: string; readonly modelType: string | null; readonly files: readonly HubFile[] }> {
  const what = revision === 'main' ? repository : `${repository} at ${revision}`;
  const options = (form: Shape<unknown>) => ({ hubUrl: connection.endpoint, fetch: apiFetch(connection, { repository, what }, form, caller) });
  const { sha: commit, config } = await modelInfo({ ...options(anObject), name: repository, revision, additionalFields: ['sha', 'config'] });
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) throw strange(connection, what);
  const files: HubFile[] = [];
  for await (const entry of listFiles({ ...options(aList), repo: { type: 'model', name: repository }, revision: commit, recursive: true })) {
    if (entry.type !== 'file') continue;
    if (!isFile(entry)) throw strange(connection, what);
    const etag = entry.lfs?.oid ?? entry.oid ?? '';
    // The name of a file on this machine.
    if (!(entry.lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(etag)) throw strange(connection, what);
    files.push({ path: entry.path, size: entry.lfs?.size ?? entry.size, etag });
    if (files.length > MOST_FILES) throw new DownloadError(`${what} has more than ${MOST_FILES.toLocaleString('en-US')} files; choose another repository of the model.`);
  }
  return { commit, modelType: modelTypeOf(config), files };
}

function modelTypeOf(config: unknown): string | null {
  const type = (config as { model_type?: unknown } | null | undefined)?.model_type;
  return typeof type === 'string' ? type : null;
}

function strange({ endpoint }: HubConnection, what: string): DownloadError {
  return new DownloadError(`${endpoint} answered for ${what} in a form that no hub has; check HF_ENDPOINT and your proxy.`);
}

/**
 * What the hub's package asks through: our connection, whose errors are sentences, with limits; answers of another form than the package expects do not reach it. It gets no token, which it would send wherever a list goes on; pages of a list are the hub's own.
 */
function apiFetch(connection: HubConnection, asked: Pick<Asked, 'repository' | 'what'>, isForm: Shape<unknown>, { token, retryMs, signal }: Caller): typeof fetch {
  let pages = 0;
  return async (input) => {
    const address = String(input);
    if (!URL.canParse(address) || new URL(address).origin !== new URL(connection.endpoint).origin || ++pages > MOST_PAGES) throw strange(connection, asked.what);
    const { headers, text } = await retrying(async () => {
      const answer = await connection.open(address, { token, signal, headersFor: () => ({ accept: 'application/json' }) });
      if (answer.status >= 400) {
        answer.body.on('error', () => undefined).destroy();
        throw refusal(answer.status, answer.headers, { endpoint: connection.endpoint, ...asked, hasToken: token !== null });
      }
      return { headers: answer.headers, text: await readAnswer(answer, connection, asked.what) };
    }, { most: TRIES, firstMs: retryMs }, signal);
    if (!isForm(parsed(text))) throw strange(connection, asked.what);
    return new Response(text, { headers: { 'content-type': 'application/json', ...(headers.link !== undefined && { link: headers.link }) } });
  };
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readAnswer({ body, origin }: Answer, connection: HubConnection, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new DownloadError(`${connection.endpoint} answered for ${what} with more than ${MOST_BYTES / 1e6} MB; check HF_ENDPOINT and your proxy.`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw networkError(error, new URL(origin), '');
  }
  return Buffer.concat(chunks).toString('utf8');
}
