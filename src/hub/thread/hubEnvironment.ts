import { readFile } from 'node:fs/promises';
import { OptionsError } from '../../engine/base/errors';
import type { DownloaderData } from '../../protocol/hub/messages';
import { cacheRoot, tokenFile } from '../cache/cacheFolders';

const HUB = 'https://huggingface.co';
const RETRY_MS = 1000;

/** What `huggingface_hub` reads of its variables, for the downloader. @throws OptionsError where it is to stay offline, or the hub's address is none */
export function downloaderData(env: NodeJS.ProcessEnv = process.env): DownloaderData {
  const offline = ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) => isOn(env[name]));
  if (offline !== undefined) throw new OptionsError(`${offline} is set, so that nothing is downloaded; unset it to download a model.`);
  return { endpoint: endpointOf(env), cacheDir: cacheRoot(env), links: !isOn(env.HF_HUB_DISABLE_SYMLINKS), retryMs: RETRY_MS };
}

function endpointOf(env: NodeJS.ProcessEnv): string {
  const endpoint = (env.HF_ENDPOINT || HUB).replace(/\/+$/, '');
  if (!URL.canParse(endpoint) || !['https:', 'http:'].includes(new URL(endpoint).protocol)) throw new OptionsError(`HF_ENDPOINT is "${endpoint}"; set it to the address of a hub, such as ${HUB}, or not at all.`);
  return endpoint;
}

/** The token that `huggingface_hub` would use: HF_TOKEN, else what `hf auth login` left; null without one. */
export async function environmentToken(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const token = (env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN || await readFile(tokenFile(env), 'utf8').catch(() => '')).trim();
  return isToken(token) ? token : null;
}

/** Printable characters without spaces: what may stand in a header. */
export function isToken(text: string): boolean {
  return /^[!-~]{1,500}$/.test(text);
}

function isOn(value: string | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes((value ?? '').toUpperCase());
}
