// Bundles the integration tests into out/integration/, for the extension host: plain CommonJS, `vscode` and packages left outside.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export async function buildTests() {
  const { build } = await import('esbuild');
  const folder = join(ROOT, 'test', 'integration');
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'));
  const outdir = join(ROOT, 'out', 'integration');
  rmSync(outdir, { recursive: true, force: true }); // a test that was renamed must not run under its old name
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['index.ts', ...tests].map((path) => join(folder, path)),
    outbase: folder,
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await buildTests();
