import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DATA } from '../../support/folders';
import { checkpointRepository } from '../../support/hub/repositories';
import { temporaryFolder } from '../../support/temporaryFolder';
import { HubAndCache } from './support';

interface Recorded {
  readonly huggingface_hub: string;
  readonly entries: readonly { readonly path: string; readonly link?: string; readonly size: number; readonly sha256: string }[];
}

const RECORDED = JSON.parse(readFileSync(join(DATA, 'hubCache', 'expected.json'), 'utf8')) as Recorded;

describe('the cache after a download', () => {
  const cacheDir = temporaryFolder();

  it(`is what huggingface_hub ${RECORDED.huggingface_hub} makes of the same repository: names, links, bytes`, async function () {
    if (process.platform === 'win32') {
      console.log('      Skipped: whether Windows lets links be made depends on its settings.');
      this.skip();
    }
    const place = await HubAndCache.open({ 'org/tiny': checkpointRepository([700_000, 900_000]) }, cacheDir());
    try {
      await place.download('org/tiny');
    } finally {
      await place.close();
    }
    const entries = readdirSync(place.path('org/tiny'), { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory()).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const content = readFileSync(path);
      return { path: path.slice(cacheDir().length + 1), ...(lstatSync(path).isSymbolicLink() && { link: readlinkSync(path) }), size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    });
    assert.deepEqual(entries.sort((a, b) => (a.path < b.path ? -1 : 1)), [...RECORDED.entries].sort((a, b) => (a.path < b.path ? -1 : 1)));
  });
});
