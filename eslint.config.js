import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The folder names are those of the README's layout. A zone says: files in `target` import nothing from `from`.
const PURE = ['protocol', 'election', 'broadcast', 'wire', 'service'];

const zones = [
  // What runs knows nothing of what specifies, checks or measures it.
  { target: './impl', from: '.', except: ['./impl', './node_modules'] },
  // The pure layers of the implementation never reach the disk, a socket or the wiring.
  ...PURE.flatMap((pure) =>
    ['log', 'server', 'client', 'cli'].map((shell) => ({
      target: `./impl/${pure}`,
      from: `./impl/${shell}`,
    })),
  ),
  // The trace formats are a package of their own; which packages it may use stands below.
  {
    target: './conformance/tla-json-trace',
    from: '.',
    except: ['./conformance/tla-json-trace', './node_modules'],
  },
  // The checker checks any specification, so it knows no peer.
  {
    target: './conformance/tla',
    from: '.',
    except: ['./conformance/tla', './conformance/tla-json-trace', './node_modules'],
  },
  // Of conformance, the command alone starts benchmarks.
  ...['faults', 'mutants', 'pictures', 'replay', 'tla', 'tla-json-trace', 'tlc', 'witnesses'].map(
    (folder) => ({
      target: `./conformance/${folder}`,
      from: './benchmarks',
    }),
  ),
];

// Modules of Node.js that neither do I/O nor know the time nor are random.
const HARMLESS = ['assert', 'buffer'];
const effectful = builtinModules
  .filter((name) => !HARMLESS.includes(name))
  .flatMap((name) => [name, `node:${name}`]);
const effectfulGlobals = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'performance',
  'crypto',
  'fetch',
  'WebSocket',
  'console',
  'Date',
  'globalThis',
  'global',
];

export default defineConfig(
  { ignores: ['**/node_modules', '**/coverage', '**/dist', 'traces', '**/*.mjs'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
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
    settings: {
      'import-x/resolver': { node: { extensions: ['.ts', '.js'] } },
      // Without a parser for them, TypeScript files have no imports in the plugin's eyes, and so no cycles.
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // A cast in what runs is explained on its line, where the rule is switched off.
    files: ['impl/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }] },
  },
  {
    files: [`impl/{${PURE.join(',')}}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: effectful.map((name) => ({ name, message: 'This layer does no I/O and knows no time.' })) },
      ],
      'no-restricted-globals': ['error', ...effectfulGlobals],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      // State belongs to a peer; what a module remembers, snapshots miss.
      'no-restricted-syntax': [
        'error',
        ...['Program', 'Program > ExportNamedDeclaration'].map((parent) => ({
          selector: `${parent} > VariableDeclaration[kind="let"]`,
          message: 'This layer keeps no state in a module.',
        })),
      ],
    },
  },
  {
    files: ['conformance/tla-json-trace/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!\\./|node:|vitest$|fast-check$)', message: 'This package depends on no other.' },
          ],
        },
      ],
    },
  },
  {
    files: ['conformance/tla-json-trace/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\./|node:)', message: 'This package depends on no other.' }] },
      ],
    },
  },
);
