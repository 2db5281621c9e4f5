/** One lint configuration for the whole repository. */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores([
    '**/node_modules',
    '**/dist',
    '**/lib',
    'extension/labextension',
    '.venv',
    'test/artifacts',
    'test/fixtures',
    // What the cells of a notebook write is in the language of cells.
    'notebooks'
  ]),
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname }
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
      ],
      // Values of the error table, of messages and of cells are of any type and are printed as they come.
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      // What is caught is passed on as it came.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // Algorithms take a communicator apart; its functions are closures.
      '@typescript-eslint/unbound-method': 'off'
    }
  },
  {
    files: ['kernel-runtime/src/cluster/collectives/**/*.ts'],
    rules: {
      // What has arrived already is a value, what has not is a promise: `await` and `Promise.all` take both.
      '@typescript-eslint/await-thenable': 'off'
    }
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // What comes out of JSON, of a browser's page and of expect's matchers is `any`; the test itself is the check.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A stand-in for something asynchronous need not wait.
      '@typescript-eslint/require-await': 'off'
    }
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    rules: {
      'no-undef': 'off',
      'no-unused-vars': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error'
    }
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } }
);
