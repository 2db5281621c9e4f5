/** What `npm start` and `npm test` share: install and build in plain JavaScript, then go on in compiled code. */
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSteps } from './build.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { runSteps } from './steps.mjs';

const EXPECTED = new Set(['SetupStop', 'DecentLabError']);

/**
 * Sets up this checkout, then starts JupyterLab or the tests; sets the exit code, never rejects.
 * @param {'start' | 'test'} command
 */
export async function launch(command) {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const logFile = join(root, 'setup.log');
  try {
    rmSync(logFile, { force: true });
    await runSteps([dependenciesStep({ root, logFile }), ...buildSteps({ root, logFile })]);
    const args = process.argv.slice(2);
    if (command === 'start') {
      const { start } = await import('../../dist/shell/setup/start.js');
      process.exitCode = await start({ root, logFile, args });
    } else {
      const { test } = await import('../../dist/shell/testing/test.js');
      process.exitCode = await test({ root, logFile, args });
    }
  } catch (error) {
    process.exitCode = 1;
    if (error.details) console.error(`\n${error.details}\n`);
    console.error(EXPECTED.has(error.name) ? error.message : unexpected(error, logFile));
  }
}

/** One sentence for an error that the set-up does not know; its stack goes to the log. */
function unexpected(error, logFile) {
  if (error.code === 'ENOSPC') return 'The disk is full: free 2 GB, then try again.';
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return `${error.path ?? 'A file'} may not be written: take over its ownership, or put the project in a folder of your own, then try again.`;
  }
  appendFileSync(logFile, `\n${error.stack ?? error}\n`);
  return `The set-up failed (${String(error.message ?? error).split('\n')[0]}): please report it together with ${logFile}.`;
}
