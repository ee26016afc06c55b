import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessError, DownloadError } from '../../../src/engine/base/errors';
import { HubConnection } from '../../../src/hub/network/connection';
import { searchModels } from '../../../src/hub/network/hubApi';
import { refuse, type Fault } from '../../support/hub/hubServer';
import { checkpointRepository } from '../../support/hub/repositories';
import { HubAndCache } from './support';

const SIZE = 300_000;

describe('hubs that refuse, fail or lie', () => {
  let cacheDir: string;
  let place: HubAndCache;
  beforeEach(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'flashtrace-hub-'));
    place = await HubAndCache.open({ 'org/one': checkpointRepository([SIZE]) }, cacheDir);
  });
  afterEach(async () => {
    await place.close();
    rmSync(cacheDir, { recursive: true });
  });

  /** What an answer for the weights is, in place of the CDN's. */
  function weights(answer: Fault): void {
    place.hub.faults = [(request, response) => request.host === 'cdn' && request.url.includes('model.safetensors') && answer(request, response)];
  }

  async function refused(pattern: RegExp, kind: typeof DownloadError | typeof AccessError = DownloadError): Promise<void> {
    await assert.rejects(place.download('org/one'), (error: Error) => {
      assert.ok(error instanceof kind, `${error.name}: ${error.message}`);
      assert.match(error.message, pattern);
      assert.match(error.message, /^[^\n]+\.$/);
      return true;
    });
    assert.deepEqual(place.names('org/one', 'snapshots'), [], 'nothing is shown');
    assert.deepEqual(place.names('org/one', 'refs'), []);
  }

  it('401 and 403: a token is needed, and sent to the hub alone', async () => {
    place.hub.requiredToken = 'hf_right';
    await refused(/only to those whom it knows \(401\): there is no such repository, or it is private or gated; check the name, accept the licence at http:\S+\/org\/one and give a token/, AccessError);
    await assert.rejects(place.download('org/one', { token: 'hf_wrong' }), /^AccessError: The token has no access to org\/one \(403\); accept the licence at http:\S+\/org\/one with its account/);
    const snapshot = await place.download('org/one', { token: 'hf_right' });
    assert.deepEqual(place.differing('org/one', snapshot, ['model.safetensors']), []);
    const [hub, cdn] = (['hub', 'cdn'] as const).map((host) => place.hub.served.filter((served) => served.host === host));
    assert.ok(hub.some(({ authorization }) => authorization === 'Bearer hf_right'));
    assert.ok(cdn.length > 0);
    assert.deepEqual(cdn.filter(({ authorization }) => authorization !== undefined), []);
  });

  it('404, for repositories, revisions and files', async () => {
    await assert.rejects(place.look('org/none'), /has no org\/none \(404, RepoNotFound\); check the name and the revision\.$/);
    weights((_, response) => { refuse(response, 404, 'EntryNotFound'); return true; });
    await refused(/has no model\.safetensors of org\/one \(404, EntryNotFound\)/);
  });

  it('429: waits as long as it is asked to, or says how long that is', async () => {
    let times = 2;
    weights((_, response) => {
      if (times-- <= 0) return false;
      refuse(response, 429, undefined, { 'retry-after': '0' });
      return true;
    });
    await place.download('org/one');
    assert.equal(times, -1);
    rmSync(place.path('org/one'), { recursive: true });
    weights((_, response) => { refuse(response, 429, undefined, { 'retry-after': '3600' }); return true; });
    await refused(/takes no more requests for now \(429\) and asks to wait 1 h 0 min; run the download again then/);
  });

  it('5xx: tries again, and gives up with a sentence', async () => {
    let times = 3;
    weights((_, response) => {
      if (times-- <= 0) return false;
      refuse(response, 503);
      return true;
    });
    const snapshot = await place.download('org/one');
    assert.deepEqual(place.differing('org/one', snapshot, ['model.safetensors']), []);
    rmSync(place.path('org/one'), { recursive: true });
    let asked = 0;
    weights((_, response) => { asked++; refuse(response, 500); return true; });
    await refused(/failed at model\.safetensors of org\/one \(500\) each time it was asked; run the download again later, what came is kept\.$/);
    assert.equal(asked, 6);
  });

  it('a network that is not there', async () => {
    const offer = await place.look('org/one');
    await place.hub.close();
    await assert.rejects(place.download('org/one', { offer }), /^TransientError: 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\); check the network and your proxy/);
    place = await HubAndCache.open({ 'org/one': checkpointRepository([SIZE]) }, cacheDir);
  });

  const lies: Readonly<Record<string, { readonly answer: Fault; readonly sentence: RegExp }>> = {
    'another length': { answer: (_, response) => { response.writeHead(200, { 'content-length': SIZE + 1 }).end(); return true; }, sentence: /sends model\.safetensors of org\/one with 300001 bytes, but listed 300000; it was not taken/ },
    'more than it said': { answer: (_, response) => { response.writeHead(200).end(Buffer.alloc(SIZE + 70_000)); return true; }, sentence: /with more bytes than it listed/ },
    'a compressed answer': { answer: (_, response) => { response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(100)); return true; }, sentence: /in an encoding that nobody asked for \(gzip\)/ },
    'another range': {
      answer: ({ headers }, response) => {
        if (headers.range === undefined) return false;
        response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }).end(Buffer.alloc(SIZE));
        return true;
      },
      sentence: /as "bytes 0-299999\/300000", but bytes \d+ to 299999 of 300000 were asked for/,
    },
    'other bytes': { answer: (_, response) => { response.writeHead(200, { 'content-length': SIZE }).end(Buffer.alloc(SIZE)); return true; }, sentence: /came with another checksum than the hub lists \([0-9a-f]{64}\) and was removed/ },
  };
  for (const [name, { answer, sentence }] of Object.entries(lies)) {
    it(`a host that sends ${name}`, async () => {
      place.hub.cuts = [100_000];
      if (name !== 'another range') place.hub.cuts = [];
      weights(answer);
      await refused(sentence);
      // The next try finds nothing wrong on this machine.
      place.hub.faults = [];
      const snapshot = await place.download('org/one');
      assert.deepEqual(place.differing('org/one', snapshot, ['model.safetensors', 'config.json']), []);
    });
  }

  it('a hub whose answers for a file are not those of its list', async () => {
    const resolve = (headers: Record<string, string>): void => {
      place.hub.faults = [({ host, url }, response) => {
        if (host !== 'hub' || !url.endsWith('/model.safetensors')) return false;
        response.writeHead(302, { location: `${place.hub.cdnOrigin}/org/one/model.safetensors?x`, ...headers }).end();
        return true;
      }];
    };
    resolve({ 'x-linked-etag': `"${'a'.repeat(64)}"` });
    await refused(/as another version \(a{64}\) than it listed/);
    resolve({ 'x-linked-size': '12' });
    await refused(/with 12 bytes, but listed 300000/);
  });

  it('redirects lead to https: or stay, and come to an end', async () => {
    const to = (location: string): void => {
      place.hub.faults = [({ url }, response) => {
        if (!url.endsWith('/model.safetensors')) return false;
        response.writeHead(302, { location }).end();
        return true;
      }];
    };
    for (const [location, named] of [['http://example.org/x', 'http://example.org'], ['ftp://example.org/x', 'ftp://example.org'], ['file:///etc/passwd', 'null']]) {
      to(location);
      await refused(new RegExp(`leads to "${named}", which is no https: address; nothing is fetched from there`));
    }
    to(`${place.hub.endpoint}/org/one/resolve/0123456789abcdef0123456789abcdef01234567/model.safetensors`);
    await refused(/leads from address to address without end \(more than 5\)/);
  });

  it('lists that are none, too long, of strange names or for a larger disk', async () => {
    const api = (part: string, value: string): void => {
      place.hub.faults = [({ url }, response) => {
        if (!url.includes(part)) return false;
        response.writeHead(200, { 'content-type': 'application/json' }).end(value);
        return true;
      }];
    };
    api('/tree/', '<html>captive portal</html>');
    await refused(/answered for org\/one in a form that no hub has; check HF_ENDPOINT and your proxy\.$/);
    api('/tree/', JSON.stringify([{ type: 'file', path: 'config.json', size: 3, oid: '../../x' }]));
    await refused(/in a form that no hub has/);
    api('/revision/', JSON.stringify({ sha: '../../..' }));
    await refused(/in a form that no hub has/);
    api('/tree/', `[${' '.repeat(17e6)}]`);
    await refused(/with more than 16 MB/);
    const oid = 'a'.repeat(40);
    const entries = (more: readonly object[]): string => JSON.stringify([{ type: 'file', path: 'config.json', size: 3, oid }, { type: 'file', path: 'model.safetensors', size: 3, oid }, ...more]);
    api('/tree/', entries([{ type: 'file', path: 'additional_chat_templates/con.jinja', size: 3, oid }]));
    await refused(/has a file named "additional_chat_templates\/con\.jinja", which cannot be the name of a file on every system; nothing was written/);
    api('/tree/', JSON.stringify([{ type: 'file', path: '../../evil-Q4_0.gguf', size: 3, oid }]));
    await assert.rejects(place.download('org/one'), /has a file named "\.\.\/\.\.\/evil-Q4_0\.gguf"/);
    api('/tree/', entries([{ type: 'file', path: 'tokenizer.json', size: 1e3, oid, lfs: { oid: 'b'.repeat(64), size: 9e15 } }]));
    await refused(/^9000000\.0 GB are to be fetched, but the disk of ".+" has .+ left \(200 MB of it stay free\); make room, or set HF_HOME/);
    api('/tree/', JSON.stringify(Array.from({ length: 20_001 }, (_, i) => ({ type: 'file', path: `${i}`, size: 3, oid }))));
    await refused(/has more than 20,000 files/);
  });

  it('searches, and drops names that are none', async () => {
    place.hub.repositories.set('org/../../x', checkpointRepository([10]));
    const found = await searchModels(place.connection, 'o', { token: null, retryMs: 2, signal: new AbortController().signal });
    assert.deepEqual(found, [{ repository: 'org/one', downloads: 1234, gated: false, modelType: 'llama' }]);
  });

  describe('behind a proxy', () => {
    let proxy: Server;
    let passed: string[];
    const variables = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'all_proxy', 'ALL_PROXY'];
    const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
    beforeEach(async () => {
      passed = [];
      proxy = createServer((incoming, response) => {
        passed.push(`${incoming.method} ${incoming.url}`);
        const url = new URL(incoming.url!);
        incoming.pipe(httpRequest({ host: url.hostname, port: url.port, path: url.pathname + url.search, headers: incoming.headers }, (answer) => {
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
        }));
      });
      proxy.on('connect', (incoming, socket) => {
        passed.push(`CONNECT ${incoming.url}`);
        const [host, port] = incoming.url!.split(':');
        const through = connect(Number(port), host, () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(through).pipe(socket);
        });
        through.on('error', () => socket.destroy());
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      for (const name of variables) Reflect.deleteProperty(process.env, name);
      process.env.http_proxy = process.env.https_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    });
    afterEach(() => {
      for (const name of variables) {
        if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = before[name];
      }
      proxy.closeAllConnections();
      proxy.close();
    });

    it('goes through it, for the hub and its CDN, but not to hosts of NO_PROXY', async () => {
      const snapshot = await place.download('org/one');
      assert.deepEqual(place.differing('org/one', snapshot, ['model.safetensors']), []);
      assert.ok(passed.some((line) => line.includes(new URL(place.hub.cdnOrigin).host)), passed.join('\n'));
      passed.length = 0;
      process.env.no_proxy = '127.0.0.1';
      await place.look('org/one');
      assert.deepEqual(passed, []);
    });

    it('asks it for a tunnel to https: hosts', async () => {
      const connection = new HubConnection('https://127.0.0.1:9');
      await assert.rejects(connection.open('https://127.0.0.1:9/x', { token: null, signal: AbortSignal.timeout(20_000) }), /^(TransientError|DownloadError): .*127\.0\.0\.1:9/);
      assert.deepEqual(passed, ['CONNECT 127.0.0.1:9']);
      await connection.close();
    });

    it('says that it is the proxy that cannot be reached or used', async () => {
      process.env.http_proxy = 'http://user:secret@127.0.0.1:9';
      await assert.rejects(place.look('org/one'), (error: Error) => /by the proxy http:\/\/127\.0\.0\.1:9 /.test(error.message) && !error.message.includes('secret'));
      process.env.http_proxy = 'socks5://127.0.0.1:9';
      await assert.rejects(place.look('org/one'), /The proxy "socks5:\/\/127\.0\.0\.1:9" cannot be used \(.+\); give one whose address begins with http: or https:/);
    });
  });
});
