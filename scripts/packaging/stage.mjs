import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { galleryReadme } from './galleryReadme.mjs';
import { noticesText } from './notices.mjs';
import { targetOf } from './targets.mjs';

/** What the gallery and VS Code read of package.json; the rest is for those who build it. */
const LEFT_OUT = ['private', 'scripts', 'devDependencies', 'overrides', 'dependencies'];

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/**
 * ONNX Runtime: its JavaScript, and its binding and libraries for one machine.
 * @param {string} root @param {string} modules the package's `node_modules` @param {import('./targets.mjs').Target | undefined} target
 */
function copyRuntime(root, modules, target) {
  const from = (/** @type {string} */ path) => join(root, 'node_modules', path);
  const scripts = ['onnxruntime-node/dist', 'onnxruntime-common/dist/cjs'].flatMap((folder) => readdirSync(from(folder)).flatMap((name) => (/^(.*\.js|package\.json)$/.test(name) ? [`${folder}/${name}`] : [])));
  const folder = target && `onnxruntime-node/bin/napi-v6/${target.platform}/${target.arch}`;
  // The macOS package holds one library twice; its binding asks for the name without the full version.
  const natives = folder ? readdirSync(from(folder)).filter((name) => !/^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(name)).map((name) => `${folder}/${name}`) : [];
  for (const path of ['onnxruntime-node/package.json', 'onnxruntime-common/package.json', ...scripts, ...natives]) copy(from(path), join(modules, path));
}

/** The same modes on every machine, whatever its umask. @param {string} folder */
function setModes(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() || path.endsWith('cli.js') ? 0o755 : 0o644);
  }
}

/**
 * Lays out what is in a package: the bundles, ONNX Runtime for its target, the included model, samples, pictures, and what has to be said of it.
 * @param {{ root: string, stage: string, target: string, dist: string, packages: readonly import('./notices.mjs').ShippedPackage[], repository?: string }} options
 */
export function stagePackage({ root, stage, target, dist, packages, repository }) {
  const everything = /** @type {Record<string, unknown>} */ (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const manifest = Object.fromEntries(Object.entries(everything).filter(([key]) => !LEFT_OUT.includes(key)));
  if (repository) Object.assign(manifest, { repository: { type: 'git', url: `${repository}.git` }, homepage: repository, bugs: `${repository}/issues` });
  mkdirSync(stage, { recursive: true });
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

  const files = repository && `${repository}/blob/v${manifest.version}`;
  for (const name of ['README.md', 'CHANGELOG.md']) writeFileSync(join(stage, name), galleryReadme(root, readFileSync(join(root, name), 'utf8'), files));
  const pictures = readdirSync(join(root, 'media')).filter((name) => statSync(join(root, 'media', name)).isFile()).map((name) => `media/${name}`);
  for (const name of ['LICENSE', 'models', 'samples', ...pictures]) copy(join(root, name), join(stage, name));
  copy(dist, join(stage, 'dist'));
  // Beside the bundles: vsce never takes a `node_modules` at the top of a folder whose dependencies it shall not collect.
  const machine = targetOf(target);
  copyRuntime(root, join(stage, 'dist', 'node_modules'), machine);
  writeFileSync(join(stage, 'ThirdPartyNotices.txt'), noticesText(root, packages, Boolean(machine)));
  writeFileSync(join(stage, '.vscodeignore'), '# Everything that was laid out is meant.\n');
  setModes(stage);
}
