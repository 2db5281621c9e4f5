/** What `npm start`, `npm test` and the set-ups share: install and build in plain JavaScript, then go on in compiled code. */
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSteps } from './build.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { runSteps } from './steps.mjs';

const EXPECTED = new Set(['SetupStop', 'DecentLabError']);

/** How each command goes on in compiled code; resolves to the exit code. */
const COMMANDS = {
  start: async place => (await import('../../dist/shell/setup/start.js')).start(place),
  test: async place => (await import('../../dist/shell/testing/test.js')).test(place),
  'setup-torch': async place =>
    (await import('../../dist/shell/setup/torch/setup.js')).setupTorch(place),
  'setup-tensorflow': async place =>
    (await import('../../dist/shell/setup/tensorflow/setup.js')).setupTensorflow(place)
};

/**
 * Sets up this checkout, then runs the command; sets the exit code, never rejects.
 * @param {keyof typeof COMMANDS} command
 */
export async function launch(command) {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const logFile = join(root, 'setup.log');
  try {
    rmSync(logFile, { force: true });
    await runSteps([dependenciesStep({ root, logFile }), ...buildSteps({ root, logFile })]);
    process.exitCode = await COMMANDS[command]({ root, logFile, args: process.argv.slice(2) });
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
