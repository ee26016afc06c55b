// Style is TypeScript's strict recommendations. Which room may import which is kept by dependency-cruiser (.dependency-cruiser.mjs, scripts/rooms/rooms.mjs).
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', 'node_modules/**', '.cache/**', 'test/output/**', 'src/engine/attribution/aggregation/assembly/**'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // typed-array and map reads after a check
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': 'off',
      // What is loaded when it is first needed, in the middle of what cannot wait.
      '@typescript-eslint/no-require-imports': ['error', { allow: ['^onnxruntime-node$', '/formats/readers$'] }],
      eqeqeq: ['error', 'smart'],
    },
  },
  { files: ['**/*.{mjs,js}'], languageOptions: { globals: globals.node } },
  { files: ['webview/**'], languageOptions: { globals: globals.browser } },
  {
    // Everything runs on this machine. What needs the network stands in a room of its own: the downloader's, for the command Download Model.
    files: ['src/**', 'webview/**'],
    // The pipe between an engine and its owner is a socket to Node, of a file descriptor that is open already.
    ignores: ['src/engineWatcher.ts', 'src/engine/process/forkedEngine.ts', 'src/engine/process/lifeLine.ts', 'src/hub/network/**'],
    rules: {
      'no-restricted-imports': ['error', { paths: [...['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'dns/promises'].flatMap((name) => [name, `node:${name}`]), 'undici', '@huggingface/hub'].map((name) => ({ name, message: 'Nothing is sent anywhere.' })) }],
      'no-restricted-globals': ['error', ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'].map((name) => ({ name, message: 'Nothing is sent anywhere.' }))],
      'no-restricted-properties': ['error', ...['openExternal', 'asExternalUri', 'sendBeacon'].map((property) => ({ property, message: 'Nothing is sent anywhere.' }))],
    },
  },
);
