import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../support/folders';

/** "About a dozen". */
const MOST_FILES = 13;
const FOLDERS = ['src', 'webview', 'bench'];

interface Rooms {
  readonly ROOMS: readonly { readonly path: string; readonly says: string }[];
}
const load = <T>(name: string) => import(pathToFileURL(join(ROOT, 'scripts', 'rooms', name)).href) as Promise<T>;

/** TypeScript files by folder; the AssemblyScript program is one of its own. */
function filesByFolder(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const top of FOLDERS) {
    for (const entry of readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.parentPath.endsWith('assembly')) continue;
      const folder = relative(ROOT, entry.parentPath);
      found.set(folder, [...(found.get(folder) ?? []), entry.name]);
    }
  }
  return found;
}

describe('rooms', () => {
  it('are the folders that there are, each once', async () => {
    const { ROOMS } = await load<Rooms>('rooms.mjs');
    assert.deepEqual(ROOMS.map(({ path }) => path).sort(), [...filesByFolder().keys()].sort());
  });

  it('hold about a dozen files at most, and none a single one', () => {
    for (const [folder, files] of filesByFolder()) {
      const besides = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isFile()).length;
      assert.ok(files.length <= MOST_FILES, `${folder} holds ${files.length} files`);
      assert.ok(besides > 1, `${folder} holds ${files[0]} alone`);
    }
  });

  it('stand in docs/rooms.svg as they import one another (npm run rooms)', async () => {
    const { drawRooms } = await load<{ drawRooms: () => Promise<string> }>('draw.mjs');
    assert.equal(await drawRooms(), readFileSync(join(ROOT, 'docs', 'rooms.svg'), 'utf8'), 'the picture is another one: run "npm run rooms" and look at it');
  });

  for (const name of ['docs/architecture.md', 'docs/glossary.md', 'CONTRIBUTING.md']) {
    it(`${name} names files and folders that exist`, () => {
      const text = readFileSync(join(ROOT, name), 'utf8');
      const paths = [...text.matchAll(/`((?:src|webview|bench|scripts|test|docs)\/[\w./-]+)`/g)].map(([, path]) => path).filter((path) => !path.startsWith('test/output'));
      assert.ok(paths.length > 2, 'some paths are named');
      assert.deepEqual(paths.filter((path) => !existsSync(join(ROOT, path))), []);
    });
  }
});
