// The programs and the kernels that the extension consists of.
import { join } from 'node:path';
import { main as compile } from 'assemblyscript/asc';
import { context } from 'esbuild';

/** The extension's bundle asks for this one when it first reads a transcript. @type {import('esbuild').Plugin} */
const lazyReaders = {
  name: 'lazy-readers',
  setup(build) {
    build.onResolve({ filter: /\/formats\/readers$/ }, ({ kind }) => (kind === 'require-call' ? { path: './transcripts.js', external: true } : undefined));
  },
};

/** The hub's package also uploads, in chunks that these cut: nothing of ours does, and the downloader goes without. @type {import('esbuild').Plugin} */
const noUploads = {
  name: 'no-uploads',
  setup(build) {
    build.onResolve({ filter: /^@huggingface\/xetchunk-wasm$/ }, ({ path }) => ({ path, namespace: 'no-uploads' }));
    build.onLoad({ filter: /.*/, namespace: 'no-uploads' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * AssemblyScript; memory comes from the caller, so that one module serves the session's thread and the tracer's.
 * @param {string} dist
 */
async function compileKernels(dist) {
  const kernels = await compile(['src/engine/attribution/aggregation/assembly/proximities.ts', '--outFile', join(dist, 'kernels.wasm'), '--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd', '--use', 'abort=']);
  if (kernels.error) throw new Error(`The kernels could not be compiled: ${kernels.stderr.toString()}`);
}

/**
 * Builds everything from the project's folder, which is the working directory.
 * @param {{ dist: string, shipped?: boolean, watch?: boolean }} options `shipped`: for a package, without source maps and white space; names stay, so that the stack
 *   of a fault that somebody reports can be read
 * @returns {Promise<string[]>} files that went into the bundles, from the project's folder on
 */
export async function buildBundles({ dist, shipped = false, watch = false }) {
  await compileKernels(dist);
  /** @type {import('esbuild').BuildOptions} */
  const shared = { bundle: true, sourcemap: !shipped, minifyWhitespace: shipped, minifySyntax: shipped, legalComments: 'none', logLevel: shipped ? 'warning' : 'info', metafile: true };
  /** @type {import('esbuild').BuildOptions} */
  const node = {
    ...shared,
    platform: 'node',
    format: 'cjs',
    // What the extension host of our oldest supported VS Code runs.
    target: 'node20',
    // Native module: stays in node_modules. `vscode` exists in the extension host only.
    external: ['vscode', 'onnxruntime-node'],
    // jsonc-parser's `main` is a UMD file whose requires no bundler can follow.
    mainFields: ['module', 'main'],
    outdir: dist,
    entryPoints: { extension: 'src/extension.ts', engineProcess: 'src/engineProcess.ts', engineWatcher: 'src/engineWatcher.ts', tracerWorker: 'src/tracerWorker.ts', cli: 'src/cli.ts', transcripts: 'src/engine/transcript/formats/readers.ts', download: 'src/download.ts' },
    plugins: [lazyReaders, noUploads],
  };
  /** @type {import('esbuild').BuildOptions} */
  const browser = {
    ...shared,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    outdir: join(dist, 'webview'),
    entryPoints: { panel: 'webview/panel.ts' },
    loader: { '.css': 'css' },
  };
  /** @type {Set<string>} */
  const inputs = new Set();
  for (const options of [node, browser]) {
    const build = await context(options);
    if (watch) await build.watch();
    else {
      const { metafile } = await build.rebuild();
      Object.keys(metafile?.inputs ?? {}).forEach((input) => inputs.add(input));
      await build.dispose();
    }
  }
  return [...inputs];
}
