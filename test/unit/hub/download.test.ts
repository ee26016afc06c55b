import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DownloadProgress } from '../../../src/protocol/hub/repository';
import { checkpointRepository, COMMIT, ggufRepository } from '../../support/hub/repositories';
import { seededBytes, sha256 } from '../../support/hub/seededBytes';
import { HubAndCache } from './support';

const NEEDED = [
  'additional_chat_templates/tool_use.jinja', 'chat_template.jinja', 'config.json', 'generation_config.json', 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors',
  'model.safetensors.index.json', 'tokenizer.json', 'tokenizer_config.json',
];

describe('downloads into the cache', () => {
  let cacheDir: string;
  let place: HubAndCache;
  beforeEach(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'flashtrace-hub-'));
    place = await HubAndCache.open({ 'org/tiny': checkpointRepository([700_000, 900_000]), 'org/one': checkpointRepository([800_000]), 'org/tiny-GGUF': ggufRepository() }, cacheDir);
  });
  afterEach(async () => {
    await place.close();
    rmSync(cacheDir, { recursive: true });
  });

  const total = (repository: string, names: readonly string[]): number => names.reduce((sum, name) => sum + place.hub.repositories.get(repository)!.files[name].content.length, 0);

  it('takes what a checkpoint needs and nothing else, each file once, byte by byte', async () => {
    const snapshot = await place.download('org/tiny');
    assert.equal(snapshot, place.path('org/tiny', 'snapshots', COMMIT));
    assert.deepEqual(readdirSync(snapshot, { recursive: true, encoding: 'utf8' }).filter((name) => !lstatSync(join(snapshot, name)).isDirectory()).sort(), NEEDED);
    assert.deepEqual(place.differing('org/tiny', snapshot, NEEDED), []);
    assert.equal(place.hub.bytesServed, total('org/tiny', NEEDED));
    assert.equal(readFileSync(place.path('org/tiny', 'refs', 'main'), 'utf8'), COMMIT);
    assert.equal(readlinkSync(join(snapshot, 'additional_chat_templates', 'tool_use.jinja')).split(/[\\/]/).slice(0, 4).join('/'), '../../../blobs');
    assert.deepEqual(place.names('org/tiny', 'blobs').filter((name) => !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name)), []);

    const offer = await place.look('org/tiny');
    assert.equal(offer.choices[0].bytesHere, offer.choices[0].bytes);
    await place.download('org/tiny');
    assert.equal(place.hub.bytesServed, total('org/tiny', NEEDED), 'a second time nothing is fetched');
  });

  it('shows no file before all are there and checked', async () => {
    const seen = new Set<string>();
    await place.download('org/tiny', { onProgress: () => { for (const name of place.names('org/tiny', 'snapshots')) seen.add(name); } });
    assert.deepEqual([...seen], []);
  });

  it('lays files into the snapshot itself where links are not wanted or not possible', async () => {
    const snapshot = await place.download('org/tiny', { links: false });
    assert.deepEqual(place.differing('org/tiny', snapshot, NEEDED), []);
    assert.ok(NEEDED.every((name) => lstatSync(join(snapshot, name)).isFile()));
    assert.deepEqual(place.names('org/tiny', 'blobs'), []);
    await place.download('org/tiny', { links: false });
    assert.equal(place.hub.bytesServed, total('org/tiny', NEEDED));
  });

  it('takes one quantisation of a GGUF repository, with all of its parts', async () => {
    const offer = await place.look('org/tiny-GGUF');
    assert.deepEqual(offer.choices.map(({ name, bytes, files }) => [name, bytes, files.length]), [['Q4_K_M', 30_000, 1], ['Q8_0', 60_000, 2]], 'a model of which a part is missing is no choice');
    const file = await place.download('org/tiny-GGUF', { choice: 'q8_0' });
    assert.equal(file, place.path('org/tiny-GGUF', 'snapshots', COMMIT, 'tiny-Q8_0-00001-of-00002.gguf'));
    assert.deepEqual(place.names('org/tiny-GGUF', 'snapshots', COMMIT), ['tiny-Q8_0-00001-of-00002.gguf', 'tiny-Q8_0-00002-of-00002.gguf']);
    await assert.rejects(place.download('org/tiny-GGUF'), /has 2 GGUF models; choose one: org\/tiny-GGUF:Q4_K_M, or another of Q4_K_M, Q8_0\.$/);
    await assert.rejects(place.download('org/tiny-GGUF', { choice: 'Q5_0' }), /has no "Q5_0"; choose one of Q4_K_M, Q8_0\.$/);
  });

  it('goes on behind every cut, for the same version only, and tells the amounts as they are', async () => {
    place.hub.cuts = [100_000, 1, 250_000, 65_536];
    const told: DownloadProgress[] = [];
    const snapshot = await place.download('org/tiny', { onProgress: (progress) => { told.push(progress); } });
    assert.deepEqual(place.differing('org/tiny', snapshot, NEEDED), []);
    const again = place.hub.served.filter(({ host, range }) => host === 'cdn' && range !== undefined);
    assert.ok(again.length >= 4, `${again.length} requests for a rest`);
    assert.ok(again.every(({ ifRange, url }) => ifRange?.startsWith('"v1-') && url.includes(ifRange.slice(4, -1))), 'each is bound to the version of which a part is here');
    assert.ok(told.every(({ bytes }, i) => i === 0 || bytes >= told[i - 1].bytes), 'what is here never becomes less');
    assert.deepEqual(told.at(-1), { ...told.at(-1)!, bytes: total('org/tiny', NEEDED), total: total('org/tiny', NEEDED) });
    assert.ok(told.some(({ phase }) => phase === 'pausing'));
  });

  it('never joins parts of two versions', async () => {
    // Between the parts the CDN has another file under the same name.
    place.hub.cuts = [300_000];
    const { files } = place.hub.repositories.get('org/one')!;
    const offer = await place.look('org/one');
    const swap = (): void => {
      if (place.hub.cuts.length > 0 || place.hub.cdnVersion === 'v2') return;
      place.hub.cdnVersion = 'v2';
      (files as Record<string, unknown>)['model.safetensors'] = { content: seededBytes(800_000, 77), lfs: false };
    };
    // The hub goes on saying what it listed: it leads to the CDN by itself.
    const redirect = (url: string): boolean => url.includes('resolve') && url.endsWith('model.safetensors');
    place.hub.faults = [({ host, url }, response) => {
      swap();
      if (host !== 'hub' || !redirect(url)) return false;
      const etag = offer.choices[0].files.find(({ path }) => path === 'model.safetensors')!.etag;
      response.writeHead(302, { 'x-linked-etag': `"${etag}"`, 'x-linked-size': '800000', location: `${place.hub.cdnOrigin}/org/one/model.safetensors?x` }).end();
      return true;
    }];
    await assert.rejects(place.download('org/one', { offer }), /model\.safetensors of org\/one came with another checksum than the hub lists .* and was removed; run the download again/);
    assert.ok(place.hub.served.some(({ ifRange }) => ifRange === '"v1-model.safetensors"'));
    assert.deepEqual(place.names('org/one', 'snapshots'), []);
    assert.deepEqual(place.names('org/one', 'blobs').filter((name) => name.includes('incomplete') || name.startsWith(sha256(seededBytes(800_000, 77)))), []);
  });

  it('a cancel keeps what came, under the name that Python resumes, and the next run goes on from there', async () => {
    place.hub.speed = 1e6;
    const controller = new AbortController();
    const run = place.download('org/one', { signal: controller.signal, onProgress: ({ bytes }) => { if (bytes > 300_000) controller.abort(); } });
    await assert.rejects(run, { name: 'AbortError' });
    const [left] = place.names('org/one', 'blobs').filter((name) => name.endsWith('.incomplete'));
    assert.match(left, /^[0-9a-f]{64}\.incomplete$/);
    const kept = lstatSync(place.path('org/one', 'blobs', left)).size;
    assert.ok(kept > 200_000 && kept < 800_000, `${kept} bytes are kept`);
    assert.deepEqual(place.names('org/one', 'snapshots'), []);

    place.hub.speed = null;
    const before = place.hub.served.length;
    const phases = new Set<string>();
    const snapshot = await place.download('org/one', { onProgress: ({ phase }) => phases.add(phase) });
    assert.deepEqual(place.differing('org/one', snapshot, ['model.safetensors', 'config.json']), []);
    assert.ok(phases.has('checking'));
    assert.deepEqual(place.hub.served.slice(before).filter(({ host }) => host === 'cdn').map(({ range }) => range), [`bytes=${kept}-`]);
  });

  it('goes on from what Python left, and starts again where that was no beginning of the file', async () => {
    const { content } = place.hub.repositories.get('org/one')!.files['model.safetensors'];
    const blobs = place.path('org/one', 'blobs');
    mkdirSync(blobs, { recursive: true });
    const left = join(blobs, `${sha256(content)}.incomplete`);
    writeFileSync(left, content.subarray(0, 500_000));
    await place.download('org/one');
    assert.deepEqual(place.hub.served.filter(({ host, url }) => host === 'cdn' && url.includes('model.safetensors')).map(({ range, bytes }) => [range, bytes]), [['bytes=500000-', 300_000]]);
    assert.ok(!existsSync(left));

    rmSync(place.path('org/one'), { recursive: true });
    mkdirSync(blobs, { recursive: true });
    writeFileSync(left, seededBytes(500_000, 5)); // a writer that goes back and forth in its file
    const snapshot = await place.download('org/one');
    assert.deepEqual(place.differing('org/one', snapshot, ['model.safetensors']), []);
    assert.ok(!existsSync(left));
  });

  it('two at once fetch once: the second waits for the first', async () => {
    place.hub.speed = 8e6;
    const phases = new Set<string>();
    const onProgress = ({ phase }: DownloadProgress): unknown => phases.add(phase);
    const [one, other] = await Promise.all([place.download('org/one', { onProgress }), place.download('org/one', { onProgress })]);
    assert.equal(one, other);
    assert.ok(phases.has('waiting'));
    assert.equal(place.hub.bytesServed, (await place.look('org/one')).choices[0].bytes);
  });

  it('takes over from one that has ended without a word', async () => {
    const locks = join(cacheDir, '.locks', 'models--org--one');
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, 'flashtrace.lock'), JSON.stringify({ pid: 2 ** 22 + 1, host: (await import('node:os')).hostname(), id: 'x' }));
    await place.download('org/one');
    assert.deepEqual(readdirSync(locks), []);
  });

  it('refuses an index that names other weights than those that are numbered', async () => {
    (place.hub.repositories.get('org/tiny')!.files as Record<string, unknown>)['model.safetensors.index.json'] = { content: Buffer.from('{"weight_map":{"a":"../../x.safetensors"}}') };
    await assert.rejects(place.download('org/tiny'), /The model\.safetensors\.index\.json of org\/tiny names "\.\.\/\.\.\/x\.safetensors", which is not among its numbered weight files; choose another repository of the model\.$/);
    assert.ok(!place.hub.served.some(({ url }) => url.includes('00001-of')), 'before the weights are fetched');
  });
});
