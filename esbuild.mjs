// Builds dist/: six bundles and the WebAssembly kernels. `node esbuild.mjs [--watch]`.
import { main as compile } from 'assemblyscript/asc';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const shared = { bundle: true, sourcemap: true, logLevel: 'info', minify: false };

/** The extension's bundle asks for this one when it first reads a transcript. @type {import('esbuild').Plugin} */
const lazyReaders = {
  name: 'lazy-readers',
  setup(build) {
    build.onResolve({ filter: /\/formats\/readers$/ }, ({ kind }) => (kind === 'require-call' ? { path: './transcripts.js', external: true } : undefined));
  },
};

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
  outdir: 'dist',
  entryPoints: { extension: 'src/extension.ts', engineProcess: 'src/engineProcess.ts', tracerWorker: 'src/tracerWorker.ts', cli: 'src/cli.ts', transcripts: 'src/engine/transcript/formats/readers.ts' },
  plugins: [lazyReaders],
};

const browser = {
  ...shared,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  outdir: 'dist/webview',
  entryPoints: { panel: 'webview/panel.ts' },
  loader: { '.css': 'css' },
};

// AssemblyScript; memory comes from the caller, so that one module serves the session's thread and the tracer's.
const kernels = await compile(['src/engine/attribution/aggregation/assembly/proximities.ts', '--outFile', 'dist/kernels.wasm', '--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd', '--use', 'abort=']);
if (kernels.error) {
  console.error(kernels.stderr.toString());
  process.exit(1);
}

for (const options of [node, browser]) {
  const build = await context(options);
  if (watch) await build.watch();
  else {
    await build.rebuild();
    await build.dispose();
  }
}
