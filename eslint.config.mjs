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
      eqeqeq: ['error', 'smart'],
    },
  },
  { files: ['**/*.{mjs,js}'], languageOptions: { globals: globals.node } },
  { files: ['webview/**'], languageOptions: { globals: globals.browser } },
);
