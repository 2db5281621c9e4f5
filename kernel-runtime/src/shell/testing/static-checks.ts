/** Checks of the text of the repository: rules, format, types. Each counts as one test. */
import { join } from 'node:path';
import { runCommand } from '../../../bin/bootstrap/run-command.mjs';
import type { Place } from '../setup/place.js';
import type { Totals } from './totals.js';

const CHECKS = [
  { name: 'ESLint finds nothing', program: 'eslint/bin/eslint.js', args: ['.'] },
  {
    name: 'Prettier would change nothing',
    program: 'prettier/bin/prettier.cjs',
    args: ['--check', '.']
  },
  { name: 'the tests type-check', program: 'typescript/bin/tsc', args: ['--project', '.'] }
];

/** Runs the checks side by side, since each keeps one processor busy; prints what a failed one says. `signal` ends them. */
export async function runStaticChecks(
  { root, logFile }: Place,
  signal?: AbortSignal
): Promise<Totals> {
  const results = await Promise.all(
    CHECKS.map(({ program, args }) => {
      const command = [process.execPath, join(root, 'node_modules', program), ...args];
      return runCommand(command, { cwd: root, logFile, signal });
    })
  );
  results.forEach(({ ok, log }, index) => {
    if (signal?.aborted) return;
    console.log(`${ok ? '✓' : '✗'} ${CHECKS[index].name}`);
    if (!ok) console.log(log.trimEnd());
  });
  const failures = CHECKS.filter((_, index) => !results[index].ok).map(
    ({ name }) => `not so: ${name}`
  );
  return {
    passed: CHECKS.length - failures.length,
    failed: failures.length,
    skipped: 0,
    failures,
    repeated: []
  };
}
