import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedModels } from '../../../../src/host/models/modelFolders';
import { cacheRoot } from '../../../../src/hub/cache/cacheFolders';

describe('models on disk', () => {
  let root: string;
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'flashtrace-cache-')); });
  afterEach(() => { rmSync(root, { recursive: true }); });

  function snapshot(repo: string, sha: string, files: readonly string[]): string {
    const dir = join(root, repo, 'snapshots', sha);
    mkdirSync(dir, { recursive: true });
    mkdirSync(join(root, repo, 'blobs'), { recursive: true });
    for (const file of files) {
      writeFileSync(join(root, repo, 'blobs', file), '{}');
      symlinkSync(join('..', '..', 'blobs', file), join(dir, file));
    }
    return dir;
  }

  it('finds snapshots with weights, whole or by index, through symlinks', async () => {
    const sharded = snapshot('models--org--big', 'b1', ['config.json', 'tokenizer.json', 'model.safetensors.index.json']);
    const whole = snapshot('models--acme--small', 'a1', ['config.json', 'tokenizer.json', 'model.safetensors']);
    snapshot('models--org--no-weights', 'c1', ['config.json', 'tokenizer.json']);
    snapshot('models--org--no-tokenizer', 'd1', ['config.json', 'model.safetensors']);
    snapshot('datasets--org--data', 'e1', ['config.json', 'tokenizer.json', 'model.safetensors']);
    assert.deepEqual(await cachedModels(root), [{ name: 'acme/small', dir: whole }, { name: 'org/big', dir: sharded }]);
  });

  it('gives none where there is no cache', async () => {
    assert.deepEqual(await cachedModels(join(root, 'absent')), []);
  });

  it('looks where the environment says, the most specific variable first', () => {
    const env = { HF_HUB_CACHE: '/a', HUGGINGFACE_HUB_CACHE: '/b', HF_HOME: '/c', XDG_CACHE_HOME: '/d' };
    assert.equal(cacheRoot(env, '/h'), '/a');
    assert.equal(cacheRoot({ ...env, HF_HUB_CACHE: undefined }, '/h'), '/b');
    assert.equal(cacheRoot({ HF_HOME: '/c', XDG_CACHE_HOME: '/d' }, '/h'), join('/c', 'hub'));
    assert.equal(cacheRoot({ XDG_CACHE_HOME: '/d' }, '/h'), join('/d', 'huggingface', 'hub'));
    assert.equal(cacheRoot({}, '/h'), join('/h', '.cache', 'huggingface', 'hub'));
  });
});
