import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, ROOT } from '../../support/folders';

/** What opens a connection, in Node and in a page. */
const NETWORK = /(?:require\(|from |import\()["'](?:node:)?(?:http|https|http2|net|dns|tls|dgram|undici|ws)["']|\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon/;
/** The pipe between an engine and its owner is a socket to Node, of a file descriptor that is open already. */
const PIPE = /import (?:type )?\{ Socket \} from 'node:net';/;
const PIPE_FILES = ['src/engineWatcher.ts', 'src/engine/process/forkedEngine.ts', 'src/engine/process/lifeLine.ts'];

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => ending.test(path)).map((path) => join(folder, path));
}

describe('the network', () => {
  it('is opened nowhere in the sources', () => {
    const found = ['src', 'webview'].flatMap((folder) => filesBelow(join(ROOT, folder), /\.ts$/)).flatMap((path) => {
      const name = path.slice(ROOT.length + 1);
      const text = readFileSync(path, 'utf8');
      return NETWORK.test(PIPE_FILES.includes(name) ? text.replace(PIPE, '') : text) ? [name] : [];
    });
    assert.deepEqual(found, []);
    assert.doesNotMatch(PIPE_FILES.map((name) => readFileSync(join(ROOT, name), 'utf8')).join('\n'), /\.connect\(|createConnection|createServer/);
  });

  it('is opened nowhere in what is built, packages included', function () {
    const bundles = filesBelow(DIST, /\.js$/);
    assert.ok(bundles.length > 5, 'build first');
    for (const path of bundles) {
      const text = readFileSync(path, 'utf8').replaceAll(/\/\/[^\n]*/g, '');
      if (path.endsWith('engineWatcher.js')) assert.doesNotMatch(text, /\.connect\(|createConnection|createServer/);
      else assert.doesNotMatch(text, NETWORK, path);
    }
  });
});
