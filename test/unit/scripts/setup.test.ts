import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// The scripts are plain modules without declarations, so that they run before anything is installed.
const load = <T>(name: string) => import(pathToFileURL(resolve('scripts/setup', name)).href) as Promise<T>;

describe('npm test', () => {
  it('sums mocha\'s closing lines over colours and stages, and nothing else', async () => {
    const { countTests } = await load<{ countTests(output: string): { passed: number; failed: number } }>('testCounts.mjs');
    const output = [
      '  \u001b[32m✔\u001b[39m says 3 passing', '', '\u001b[92m \u001b[0m\u001b[32m 12 passing\u001b[0m\u001b[90m (3s)\u001b[0m',
      '\u001b[31m  2 failing\u001b[0m', '', '  1) a', '  30 passing', '12 passing',
    ].join('\n');
    assert.deepEqual(countTests(output), { passed: 42, failed: 2 });
    assert.deepEqual(countTests('Error: no test files found'), { passed: 0, failed: 0 });
  });

  describe('node_modules against package-lock.json', () => {
    let root = '';
    beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'flashtrace-lock-')); });
    afterEach(() => { rmSync(root, { recursive: true }); });

    const wanted = { '': { version: '1.0.0' }, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } };
    const installedWith = async (packages: object | undefined) => {
      const { dependenciesAreInstalled } = await load<{ dependenciesAreInstalled(root: string): boolean }>('dependencies.mjs');
      writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
      mkdirSync(join(root, 'node_modules'));
      if (packages) writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
      return dependenciesAreInstalled(root);
    };

    it('are installed when all but other systems\' packages are there', async () => {
      assert.equal(await installedWith({ 'node_modules/a': { version: '1.0.0' } }), true);
    });
    it('are not after an interrupted install', async () => {
      assert.equal(await installedWith(undefined), false);
    });
    it('are not when a version differs', async () => {
      assert.equal(await installedWith({ 'node_modules/a': { version: '1.0.1' } }), false);
    });
    it('are not when one is missing', async () => {
      assert.equal(await installedWith({ 'node_modules/b': { version: '2.0.0' } }), false);
    });
    it('are not when one is there that the lock file does not name', async () => {
      assert.equal(await installedWith({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/c': { version: '1.0.0' } }), false);
    });
  });
});
