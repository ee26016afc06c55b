// Builds dist/: eight bundles and the WebAssembly kernels. `node esbuild.mjs [--watch]`.
import { buildBundles } from './scripts/packaging/bundles.mjs';

await buildBundles({ dist: 'dist', watch: process.argv.includes('--watch') });
