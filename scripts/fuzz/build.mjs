// Bundles the fuzz targets into out/fuzz: one file each for the property cases, Jazzer.js and the lists. Not minified, so that coverage and stacks can be read.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const OUT = join(ROOT, 'out', 'fuzz');

/** @returns {Promise<typeof import('../../test/fuzz/listTargets')>} */
export async function buildTargets() {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['propertyWorker', 'jazzerTarget', 'listTargets'].map((name) => `test/fuzz/${name}.ts`),
    outdir: OUT, bundle: true, platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'], external: ['vscode', 'onnxruntime-node'], logLevel: 'warning',
  });
  return createRequire(import.meta.url)(join(OUT, 'listTargets.js'));
}
