import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DownloadError } from '../../../src/engine/base/errors';
import { withProxy } from '../../../src/host/models/download/proxyVariables';
import { asDiskError } from '../../../src/hub/cache/diskSpace';
import { downloaderData, environmentToken } from '../../../src/hub/thread/hubEnvironment';
import { isFromDownloader, isToDownloader } from '../../../src/protocol/hub/checkedMessages';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('what the downloader takes from the environment', () => {
  const home = temporaryFolder();

  it('the hub, the cache and whether links are wanted, as huggingface_hub reads them', () => {
    assert.deepEqual(downloaderData({ HF_HUB_CACHE: '/c' }), { endpoint: 'https://huggingface.co', cacheDir: '/c', links: true, retryMs: 1000 });
    assert.deepEqual(downloaderData({ HF_ENDPOINT: 'https://mirror.example/', HF_HOME: '/h', HF_HUB_DISABLE_SYMLINKS: '1' }), { endpoint: 'https://mirror.example', cacheDir: join('/h', 'hub'), links: false, retryMs: 1000 });
    assert.throws(() => downloaderData({ HF_HUB_OFFLINE: '1' }), /^OptionsError: HF_HUB_OFFLINE is set, so that nothing is downloaded; unset it to download a model\.$/);
    for (const endpoint of ['huggingface.co', 'ftp://x']) assert.throws(() => downloaderData({ HF_ENDPOINT: endpoint }), /^OptionsError: HF_ENDPOINT is ".+"; set it to the address of a hub/);
  });

  it('the token: HF_TOKEN, else the file that a login leaves', async () => {
    mkdirSync(home(), { recursive: true });
    writeFileSync(join(home(), 'token'), 'hf_file\n');
    assert.equal(await environmentToken({ HF_HOME: home(), HF_TOKEN: 'hf_variable' }), 'hf_variable');
    assert.equal(await environmentToken({ HF_HOME: home() }), 'hf_file');
    assert.equal(await environmentToken({ HF_HOME: join(home(), 'none') }), null);
    assert.equal(await environmentToken({ HF_HOME: join(home(), 'none'), HF_TOKEN: 'hf_a\r\nx-evil: 1' }), null, 'what could be no header is no token');
  });

  it('the proxy of VS Code\'s settings goes before variables', () => {
    const env = { HTTPS_PROXY: 'http://a', no_proxy: 'x', OTHER: '1' };
    assert.deepEqual(withProxy(env, { support: 'override', proxy: '', noProxy: [] }), env);
    assert.deepEqual(withProxy(env, { support: 'override', proxy: 'http://b', noProxy: ['y', 'z'] }), { OTHER: '1', https_proxy: 'http://b', http_proxy: 'http://b', no_proxy: 'y,z' });
    assert.deepEqual(withProxy(env, { support: 'off', proxy: 'http://b', noProxy: [] }), { no_proxy: 'x', OTHER: '1' });
  });

  it('failures of the disk are sentences', () => {
    for (const [code, sentence] of [['ENOSPC', /^The disk of "\/c" is full; what came is kept, make room and run the download again\.$/], ['EACCES', /^"\/c" cannot be written to \(EACCES\)/], ['ENOENT', /could not be written \(ENOENT\), perhaps since another program/]] as const) {
      const error = asDiskError(Object.assign(new Error('x'), { code }), '/c');
      assert.ok(error instanceof DownloadError);
      assert.match(error.message, sentence);
    }
    const fault = new TypeError('x');
    assert.equal(asDiskError(fault, '/c'), fault);
  });
});

describe('messages to and from the downloader', () => {
  it('are held to their form', () => {
    const search = { type: 'request', id: 1, method: 'search', params: { query: 'x', token: null } };
    assert.ok(isToDownloader(search));
    assert.ok(isToDownloader({ type: 'cancel', id: 1 }));
    assert.ok(!isToDownloader({ ...search, params: { query: 1, token: null } }));
    assert.ok(!isToDownloader({ ...search, method: 'constructor' }));
    assert.ok(isFromDownloader({ type: 'progress', id: 1, progress: { phase: 'fetching', bytes: 1, total: 2, bytesPerSecond: null } }));
    assert.ok(!isFromDownloader({ type: 'progress', id: 1, progress: { phase: 'flying', bytes: 1, total: 2, bytesPerSecond: null } }));
  });
});
