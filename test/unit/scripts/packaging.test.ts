import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/folders';
import { temporaryFolder } from '../../support/temporaryFolder';
import { script } from '../../support/workbenchPage';

interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

describe('packaging', () => {
  const scratch = temporaryFolder();
  const notices = () => script<{ shippedPackages(root: string, inputs: readonly string[]): ShippedPackage[]; noticesText(root: string, packages: readonly ShippedPackage[], native: boolean): string }>('packaging/notices.mjs');

  /** What is laid out for a target, with an empty bundle. */
  async function stage(target: string, repository?: string): Promise<{ folder: string; files: string[] }> {
    const { stagePackage } = await script<{ stagePackage(options: object): void }>('packaging/stage.mjs');
    const dist = join(scratch(), 'dist');
    mkdirSync(dist, { recursive: true });
    writeFileSync(join(dist, 'extension.js'), '');
    const folder = join(scratch(), `${target}-${repository ? 'published' : 'local'}`);
    stagePackage({ root: ROOT, stage: folder, target, dist, packages: (await notices()).shippedPackages(ROOT, []), repository });
    return { folder, files: readdirSync(folder, { recursive: true, encoding: 'utf8' }) };
  }

  const NATIVES: Record<string, readonly string[]> = {
    'linux-x64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
    'linux-arm64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
    'darwin-arm64': ['libonnxruntime.1.dylib', 'onnxruntime_binding.node'],
    'win32-x64': ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
    'win32-arm64': ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
    universal: [],
  };
  for (const [target, wanted] of Object.entries(NATIVES)) {
    it(`${target} has its own native files alone`, async () => {
      const { files } = await stage(target);
      const folder = `dist/node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}`;
      assert.deepEqual(files.filter((file) => /\.(node|dll|dylib|so)(\.|$)/.test(file)).sort(), wanted.map((name) => `${folder}/${name}`).sort());
    });
  }

  it('links lead to the repository of a published package, and nowhere in a local one', async () => {
    const published = await stage('universal', 'https://example.org/us/it');
    const readme = readFileSync(join(published.folder, 'README.md'), 'utf8');
    assert.match(readme, /\[docs\/methods\.md\]\(https:\/\/example\.org\/us\/it\/blob\/v0\.1\.0\/docs\/methods\.md\)/);
    const manifest = JSON.parse(readFileSync(join(published.folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(manifest.repository, { type: 'git', url: 'https://example.org/us/it.git' });
    assert.ok(!('devDependencies' in manifest) && !('scripts' in manifest));
    const local = readFileSync(join((await stage('universal')).folder, 'README.md'), 'utf8');
    assert.match(local, /docs\/methods\.md defines them/);
    for (const text of [readme, local]) assert.doesNotMatch(text, /\]\((?!https:|data:image\/png|#)/);
  });

  it('names every package that ships, with version, licence and text', async () => {
    const { shippedPackages, noticesText } = await notices();
    const packages = shippedPackages(ROOT, ['src/cli.ts', 'node_modules/yaml/dist/index.js', 'node_modules/@huggingface/jinja/dist/index.js']);
    assert.deepEqual(packages.map(({ name }) => name), ['@huggingface/jinja', 'onnxruntime-common', 'onnxruntime-node', 'yaml']);
    const text = noticesText(ROOT, packages, true);
    assert.match(text, /^yaml 2\.\d+\.\d+: ISC$/m);
    assert.match(text, /Copyright \(c\) Microsoft Corporation/);
    assert.match(text, /protobuf/i, 'what is inside ONNX Runtime');
  });

  it('refuses a package that is no dependency', async () => {
    const { shippedPackages } = await notices();
    assert.throws(() => shippedPackages(ROOT, ['node_modules/mocha/index.js']), /^Error: mocha is in the bundles, but package-lock\.json does not have it among the dependencies that ship/);
  });

  it('refuses a licence that is not on the list', async () => {
    const root = join(scratch(), 'licences');
    mkdirSync(root);
    const packages = { 'node_modules/left': { version: '1.0.0', license: 'GPL-3.0' }, 'node_modules/onnxruntime-node': { version: '1.0.0', license: 'MIT' }, 'node_modules/onnxruntime-common': { version: '1.0.0', license: 'MIT' } };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
    const { shippedPackages } = await notices();
    assert.throws(() => shippedPackages(root, ['node_modules/left/index.js']), /^Error: left 1\.0\.0 is under "GPL-3\.0"; what ships is under one of MIT/);
  });
});
