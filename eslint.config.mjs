// Style is TypeScript's strict recommendations; what matters here is that imports point one way:
//   extension, engineProcess, tracerWorker, cli -> host -> engine -> concepts, view <- webview
import globals from 'globals';
import tseslint from 'typescript-eslint';

const forbid = (...groups) => ({
  'no-restricted-imports': ['error', {
    patterns: groups.map(([group, message]) => ({ group, message })),
  }],
});
const VSCODE = [['vscode'], 'Only src/host and src/extension.ts may import vscode.'];
const NODE = [['node:*', 'fs', 'path', 'os', 'child_process', 'worker_threads'], 'This code also runs in a browser.'];
const HOST = [['**/host/**', '**/host', '**/extension'], 'The host is the outermost layer: nothing below imports it.'];
const CLI = [['**/cli/**', '**/cli'], 'Nothing imports the command line.'];
const ENGINE = [['**/engine/**', 'onnxruntime-node'], 'Views and shared code get plain data, not the engine.'];
const WEBVIEW = [['**/webview/**'], 'The webview is a program of its own.'];

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', 'node_modules/**', '.cache/**', 'test/output/**', 'src/engine/attribution/aggregation/assembly/**'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // typed-array and map reads after a check
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: ['error', 'smart'],
    },
  },
  { files: ['**/*.{mjs,js}'], languageOptions: { globals: globals.node } },
  { files: ['src/concepts/**', 'src/protocol/**', 'src/view/**'], rules: forbid(VSCODE, NODE, HOST, CLI, ENGINE, WEBVIEW) },
  { files: ['src/engine/**', 'src/evaluation/**', 'src/engineProcess.ts', 'src/tracerWorker.ts'], rules: forbid(VSCODE, HOST, CLI, WEBVIEW) },
  { files: ['src/cli.ts', 'src/cli/**'], rules: forbid(VSCODE, HOST, WEBVIEW) },
  { files: ['src/host/**', 'src/extension.ts'], rules: forbid(CLI, WEBVIEW) },
  { files: ['webview/**'], languageOptions: { globals: globals.browser }, rules: forbid(VSCODE, NODE, HOST, CLI, ENGINE) },
);
