import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DIST, ROOT } from '../support/folders';
import { temporaryFolder } from '../support/temporaryFolder';

/** The one program that uses the network: a thread that Download Model starts, when somebody runs it. */
const DOWNLOADER = 'download.js';
/** What the other programs may ask of Node. None of these opens a connection; `child_process` starts the engine alone. */
const MODULES = new Set(['buffer', 'process', 'vscode', 'onnxruntime-node', './transcripts.js', ...['child_process', 'crypto', 'fs', 'fs/promises', 'os', 'path', 'timers/promises', 'util', 'v8', 'vm', 'worker_threads', 'zlib'].map((name) => `node:${name}`)]);
/** What opens one without a module, in Node, in a browser or through VS Code. */
const GLOBALS = /\b(fetch|WebSocket|EventSource|XMLHttpRequest|sendBeacon|RTCPeerConnection|importScripts|openExternal|asExternalUri)\s*\(|\bimport\(\s*["'`]https?:/;

describe('nothing goes over the network, but for Download Model', () => {
  const scratch = temporaryFolder();
  const programs = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));

  it('there are eight programs', () => {
    assert.deepEqual(programs.map((path) => path.replaceAll('\\', '/')).sort(), ['cli.js', DOWNLOADER, 'engineProcess.js', 'engineWatcher.js', 'extension.js', 'tracerWorker.js', 'transcripts.js', 'webview/panel.js']);
  });

  for (const program of programs.filter((name) => name !== DOWNLOADER)) {
    it(`${program} asks for no module and uses no global that opens a connection, packages in it included`, () => {
      const code = readFileSync(join(DIST, program), 'utf8');
      // The pipe between an engine and its owner is a socket to Node, of a file descriptor that is open already.
      const isWatcher = program === 'engineWatcher.js';
      if (isWatcher) assert.doesNotMatch(code, /\.connect\(|createConnection|createServer/);
      const modules = [...code.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map(([, name]) => name);
      assert.deepEqual(modules.filter((name) => !MODULES.has(name) && !(isWatcher && name === 'node:net')), []);
      assert.doesNotMatch(code, GLOBALS);
      if (program.startsWith('webview')) assert.deepEqual(modules, []);
    });
  }

  it(`${DOWNLOADER} holds no engine and no editor, and opens nothing until it is asked`, async () => {
    const code = readFileSync(join(DIST, DOWNLOADER), 'utf8');
    assert.doesNotMatch(code, /require\(\s*["'](vscode|onnxruntime-node|node:child_process)["']\s*\)/);
    const env = { HF_ENDPOINT: 'http://127.0.0.1:9' };
    const worker = new Worker(join(DIST, DOWNLOADER), { workerData: { endpoint: env.HF_ENDPOINT, cacheDir: scratch(), links: true, retryMs: 1 }, env, trackUnmanagedFds: true });
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => /TCP|Pipe|DNS|GETADDRINFO/i.test(name)).length;
    const before = sockets();
    await once(worker, 'online');
    const answered = once(worker, 'message');
    // Asked for what needs no connection: a name that is none.
    worker.postMessage({ type: 'request', id: 1, method: 'look', params: { repository: '../x', revision: 'main', token: null } });
    const [reply] = await answered as [{ error: { code: string } }];
    assert.equal(reply.error.code, 'options');
    assert.equal(sockets(), before);
    await worker.terminate();
  });

  it('ONNX Runtime\'s own telemetry is off: a run leaves no identifier of the machine and no trace of an uploader', async () => {
    const cache = join(scratch(), 'cache');
    const temporary = join(scratch(), 'tmp');
    for (const folder of [cache, temporary]) mkdirSync(folder);
    const run = (script: string[], env: NodeJS.ProcessEnv = {}) => spawnSync(process.execPath, script, { encoding: 'utf8', env: { ...process.env, ORT_DISABLE_TELEMETRY: undefined, CI: undefined, HOME: scratch(), XDG_CACHE_HOME: cache, TMPDIR: temporary, ...env } });
    const left = () => [cache, temporary, scratch()].flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' })).filter((path) => /mat-debug|deviceid|DeveloperTools|\.onnxruntime/i.test(path));
    const { status, stderr } = run([join(DIST, 'cli.js'), 'trace', '--model', join(ROOT, 'models', 'tracelet-1m'), '--transcript', join(ROOT, 'samples', 'multi-hop.prompty'), '--answer']);
    assert.equal(status, 0, stderr);
    assert.deepEqual(left(), []);
    // What it would have left, where it is built in: the test would see it. Without certificates and behind a proxy that is not there nothing gets out.
    if (process.platform === 'win32') return;
    const nowhere = 'http://127.0.0.1:9';
    assert.equal(run(['-e', 'require("onnxruntime-node").InferenceSession.create(new Uint8Array()).catch(() => undefined)'], { NODE_PATH: join(ROOT, 'node_modules'), HTTPS_PROXY: nowhere, https_proxy: nowhere, ALL_PROXY: nowhere, SSL_CERT_FILE: '/dev/null', SSL_CERT_DIR: '/dev/null' }).status, 0);
    assert.ok(left().some((path) => path.includes('deviceid')), 'without the setting there is one');
  });
});
