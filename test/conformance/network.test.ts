import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from '../support/folders';

/** What the built programs may ask of Node. None of these opens a connection; `child_process` starts the engine alone. */
const MODULES = new Set(['buffer', 'process', 'vscode', 'onnxruntime-node', './transcripts.js', ...['child_process', 'crypto', 'fs', 'fs/promises', 'os', 'path', 'util', 'v8', 'vm', 'worker_threads'].map((name) => `node:${name}`)]);
/** What opens one without a module, in Node, in a browser or through VS Code. */
const GLOBALS = /\b(fetch|WebSocket|EventSource|XMLHttpRequest|sendBeacon|RTCPeerConnection|importScripts|openExternal|asExternalUri)\s*\(|\bimport\(\s*["'`]https?:/;

describe('nothing goes over the network', () => {
  const programs = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));

  it('there are seven programs', () => {
    assert.deepEqual(programs.map((path) => path.replaceAll('\\', '/')).sort(), ['cli.js', 'engineProcess.js', 'engineWatcher.js', 'extension.js', 'tracerWorker.js', 'transcripts.js', 'webview/panel.js']);
  });

  for (const program of programs) {
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
});
