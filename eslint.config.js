import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** What each layer must not import. The folder names are those of the README's layout. */
const forbidden = [
  // What runs knows nothing of what checks it, and nothing of what measures it.
  { target: './impl', from: './conformance' },
  { target: './impl', from: './benchmarks' },
  // The trace formats are a package of their own.
  { target: './conformance/tla-json-trace', from: './impl' },
  { target: './conformance/tla-json-trace', from: './conformance', except: ['./tla-json-trace'] },
  // The checker checks any specification, so it knows no peer.
  { target: './conformance/tla', from: './impl' },
  { target: './conformance/tla', from: './conformance/replay' },
  { target: './conformance/tla', from: './conformance/cli' },
  { target: './conformance', from: './benchmarks' },
  // The pure layers of the implementation never reach the disk, a socket or the wiring.
  ...['protocol', 'election', 'broadcast', 'wire', 'service'].flatMap((pure) =>
    ['log', 'server', 'client', 'cli'].map((shell) => ({
      target: `./impl/${pure}`,
      from: `./impl/${shell}`,
    })),
  ),
];

export default tseslint.config(
  { ignores: ['node_modules', 'coverage', 'traces', '**/*.mjs'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: forbidden }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['impl/{protocol,election,broadcast,wire,service}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'This layer does no I/O.' }] },
      ],
      'no-restricted-globals': [
        'error',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'process',
        'performance',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' },
      ],
    },
  },
  {
    files: ['impl/**/*.ts', 'conformance/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
);
