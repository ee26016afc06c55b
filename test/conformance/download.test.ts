import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { flashtrace } from '../support/flashtraceCommand';
import { DIST, ROOT } from '../support/folders';
import { HubServer, IN_FLIGHT } from '../support/hub/hubServer';
import { checkpointRepository, COMMIT, ggufRepository, traceletFiles } from '../support/hub/repositories';
import { sha256 } from '../support/hub/seededBytes';
import { seededUniform } from '../support/seededRandom';
import { temporaryFolder } from '../support/temporaryFolder';

const MB = 1e6;
const WEIGHTS = [90 * MB, 110 * MB];

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

describe('flashtrace download', () => {
  const scratch = temporaryFolder();
  let hub: HubServer;
  before(async () => {
    hub = await HubServer.start({ 'org/large': checkpointRepository(WEIGHTS), 'org/tiny-GGUF': ggufRepository(), 'org/tracelet': traceletFiles(join(ROOT, 'models', 'tracelet-1m')) });
  });
  after(() => hub.close());
  beforeEach(() => {
    hub.served.length = 0;
    hub.faults = [];
    hub.cuts = [];
    hub.requiredToken = null;
    hub.speed = null;
  });

  const cacheDir = (): string => join(scratch(), 'cache');
  const env = (): NodeJS.ProcessEnv => ({ HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cacheDir(), HF_HOME: scratch(), HF_TOKEN: '', NO_PROXY: '127.0.0.1' });
  const download = (...args: string[]) => flashtrace(['download', ...args], { env: env() });

  it('200 MB survive five cuts at random places and the end of the program that fetches them, byte by byte; nothing is fetched twice', async () => {
    const uniform = seededUniform(Number(process.env.FLASHTRACE_SEED ?? 7));
    // Three before the program is killed, two after.
    const cut = (): number => Math.floor(uniform() * 40 * MB);
    hub.cuts = [cut(), cut(), cut()];
    const killAt = 130 * MB;
    const child = spawn(process.execPath, [join(DIST, 'cli.js'), 'download', 'org/large'], { env: { ...process.env, ...env() }, stdio: 'ignore' });
    const ended = once(child, 'close');
    const watch = setInterval(() => { if (hub.bytesServed > killAt) child.kill('SIGKILL'); }, 1);
    const [, signal] = await ended as [number, string];
    clearInterval(watch);
    assert.equal(signal, 'SIGKILL', 'it was killed before it had finished');
    const repository = join(cacheDir(), 'models--org--large');
    assert.ok(!existsSync(join(repository, 'snapshots', COMMIT)), 'nothing of it is shown yet');
    const atKill = hub.bytesServed;

    hub.cuts = [cut(), cut()];
    const { code, stdout, stderr } = await download('org/large');
    assert.equal(code, 0, stderr);
    assert.deepEqual(hub.cuts, [], 'every cut was made');
    const snapshot = join(repository, 'snapshots', COMMIT);
    assert.equal(stdout.trim(), snapshot);
    assert.match(stderr, /^org\/large \(safetensors, commit 0123456789ab\): 9 files, 200 MB, of which \d+ MB are here\.\n$/, 'no progress where nobody sees it');

    const { files } = hub.repositories.get('org/large')!;
    const needed = readdirSync(snapshot, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(snapshot, name)).isFile());
    assert.equal(needed.length, 9);
    for (const name of needed) assert.equal(await hashOf(join(snapshot, name)), sha256(files[name.replaceAll('\\', '/')].content), name);
    const total = needed.reduce((sum, name) => sum + statSync(join(snapshot, name)).size, 0);
    const twice = hub.bytesServed - total;
    console.log(`      ${(total / MB).toFixed(1)} MB needed, ${(hub.bytesServed / MB).toFixed(1)} MB left the hub, ${(atKill / MB).toFixed(1)} of them before the kill: ${(twice / MB).toFixed(2)} MB were on their way when connections ended.`);
    assert.ok(twice >= 0 && twice <= 6 * IN_FLIGHT, `${twice} bytes were served twice`);
    // Whatever was asked for again began where what had come ended: the same byte never came twice over one address.
    for (const name of ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']) {
      const asked = hub.served.filter(({ host, url }) => host === 'cdn' && url.includes(name));
      const starts = asked.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? 'bytes=0-')![1]));
      for (let i = 1; i < asked.length; i++) {
        const overlap = starts[i - 1] + asked[i - 1].bytes - starts[i];
        assert.ok(overlap >= 0 && overlap <= IN_FLIGHT, `${name}: ${overlap} bytes between requests ${i} and ${i + 1}`);
      }
    }
    const before = hub.bytesServed;
    assert.equal((await download('org/large')).code, 0);
    assert.equal(hub.bytesServed, before);
    rmSync(repository, { recursive: true });
  });

  it('a model that was downloaded is one that traces', async () => {
    const { code, stdout, stderr } = await download('org/tracelet');
    assert.equal(code, 0, stderr);
    const trace = await flashtrace(['trace', '--model', stdout.trim(), '--transcript', join(ROOT, 'samples', 'multi-hop.prompty'), '--answer', '--top', '1']);
    assert.equal(trace.code, 0, trace.stderr);
    assert.match(trace.stdout, /target "Oslo"/);
  });

  it('Ctrl+C ends it with what came kept', async () => {
    hub.speed = 1 * MB;
    const child = spawn(process.execPath, [join(DIST, 'cli.js'), 'download', 'org/tracelet'], { env: { ...process.env, ...env(), HF_HUB_CACHE: join(scratch(), 'other') }, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => { stderr += data.toString(); });
    const ended = once(child, 'close');
    const watch = setInterval(() => { if (hub.bytesServed < 0.5 * MB) return;
      child.kill('SIGINT');
      clearInterval(watch);
    }, 5);
    const [code] = await ended as [number];
    assert.equal(code, 130, stderr);
    assert.match(stderr, /flashtrace: cancelled\.\n$/);
    assert.match(readdirSync(join(scratch(), 'other', 'models--org--tracelet', 'blobs')).join(' '), /[0-9a-f]{64}\.incomplete/);
    assert.deepEqual(readdirSync(join(scratch(), 'other', '.locks', 'models--org--tracelet')), []);
  });

  it('takes a quantisation, a revision and a token from the environment', async () => {
    const quantised = await download('org/tiny-GGUF:Q4_K_M', '--revision', COMMIT);
    assert.equal(quantised.code, 0, quantised.stderr);
    assert.ok(quantised.stdout.trim().endsWith(join('snapshots', COMMIT, 'tiny-Q4_K_M.gguf')));
    assert.ok(!existsSync(join(cacheDir(), 'models--org--tiny-GGUF', 'refs', COMMIT)), 'a commit is no name of one');

    hub.requiredToken = 'hf_secret';
    rmSync(cacheDir(), { recursive: true });
    const refused = await download('org/tiny-GGUF:Q4_K_M');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^flashtrace: http:\S+ gives org\/tiny-GGUF only to those whom it knows \(401\): .* give a token \(HF_TOKEN\); with --token-from-env it is sent\.\n$/);
    const given = await flashtrace(['download', 'org/tiny-GGUF:Q4_K_M', '--token-from-env'], { env: { ...env(), HF_TOKEN: 'hf_secret' } });
    assert.equal(given.code, 0, given.stderr);
    assert.ok(!(given.stdout + given.stderr).includes('hf_secret'));
  });

  it('refuses what it cannot do in one sentence', async () => {
    for (const [args, sentence] of [
      [[], /^flashtrace: Nothing is named; give a repository \(organisation\/name\)\.\n$/],
      [['a/b', 'c/d'], /^flashtrace: 2 things are named; give a repository/],
      [['../../etc'], /names no repository of the hub/],
      [['org/tiny-GGUF', '--revision', '../x'], /^flashtrace: "\.\.\/x" is no revision/],
      [['org/tiny-GGUF', '--token-from-env'], /neither HF_TOKEN nor the token file of huggingface_hub holds a token/],
      [['org/nowhere'], /has no org\/nowhere \(404, RepoNotFound\)/],
      [['org/tiny-GGUF', '--quant', 'x'], /"flashtrace --help" lists the options\.\n$/],
    ] as const) {
      const { code, stderr } = await download(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, sentence);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
  });
});
