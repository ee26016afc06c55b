import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences under which we may ship a package, with its notice. */
const ALLOWED_LICENCES = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];
/** Not in the bundles: beside them, as packages. */
const BESIDE_BUNDLES = ['onnxruntime-node', 'onnxruntime-common'];

/** @typedef {{ readonly name: string, readonly version: string, readonly licence: string, readonly text: string }} ShippedPackage */

/** The name of the package that a file of `node_modules` belongs to. @param {string} path */
function packageOf(path) {
  const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path);
  return found?.[1];
}

/** The licence file of a package; ONNX Runtime's, which its npm packages leave out, is kept beside this script. @param {string} root @param {string} name */
function licenceText(root, name) {
  const folder = BESIDE_BUNDLES.includes(name) ? join(root, 'scripts', 'packaging', 'onnxruntime') : join(root, 'node_modules', name);
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file in ${folder}; add its text there or leave the package out.`);
  return readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

/**
 * What of other people's is in a package: version and licence as the lock file has them.
 * @param {string} root
 * @param {readonly string[]} inputs files that went into the bundles, from `root` on
 * @returns {ShippedPackage[]} by name
 */
export function shippedPackages(root, inputs) {
  const { packages } = /** @type {{ packages: Record<string, { version: string, license?: string, dev?: boolean }> }} */ (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const names = new Set(BESIDE_BUNDLES);
  for (const input of inputs) {
    const name = packageOf(input);
    if (name) names.add(name);
  }
  return [...names].sort().map((name) => {
    const locked = packages[`node_modules/${name}`];
    if (!locked || locked.dev) throw new Error(`${name} is in the bundles, but package-lock.json does not have it among the dependencies that ship; move it from devDependencies to dependencies.`);
    const licence = locked.license ?? 'no licence';
    if (!ALLOWED_LICENCES.includes(licence)) throw new Error(`${name} ${locked.version} is under "${licence}"; what ships is under one of ${ALLOWED_LICENCES.join(', ')}.`);
    return { name, version: locked.version, licence, text: licenceText(root, name) };
  });
}

/** @param {string} root @param {readonly ShippedPackage[]} packages @param {boolean} native whether ONNX Runtime's library is in it */
export function noticesText(root, packages, native) {
  const rule = '-'.repeat(80);
  const parts = [
    'FlashTrace contains software of others. Names, versions and licences are those of its lock file.',
    packages.map(({ name, version, licence }) => `${name} ${version}: ${licence}`).join('\n'),
    ...packages.map(({ name, version, licence, text }) => `${rule}\n${name} ${version} (${licence})\n${rule}\n\n${text}`),
  ];
  if (native) {
    parts.push(`${rule}\nWhat ONNX Runtime's native library contains\n${rule}\n\n${readFileSync(join(root, 'scripts', 'packaging', 'onnxruntime', 'ThirdPartyNotices.txt'), 'utf8').trim()}`);
  }
  return `${parts.join('\n\n')}\n`;
}
