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

/** Runs the checks one after another; prints what a failed one says. */
export async function runStaticChecks({ root, logFile }: Place): Promise<Totals> {
  let failed = 0;
  for (const { name, program, args } of CHECKS) {
    const command = [process.execPath, join(root, 'node_modules', program), ...args];
    const { ok, log } = await runCommand(command, { cwd: root, logFile });
    console.log(`${ok ? '✓' : '✗'} ${name}`);
    if (ok) continue;
    failed += 1;
    console.log(log.trimEnd());
  }
  return { passed: CHECKS.length - failed, failed, skipped: 0 };
}
