/** The step that installs the npm dependencies whenever the lock file changed. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { runCommand } from './run-command.mjs';
import { explainFailure } from './stop.mjs';

/**
 * @param {{ root: string, logFile: string }} place
 * @returns {import('./steps.d.mts').Step}
 */
export function dependenciesStep({ root, logFile }) {
  const folder = join(root, 'node_modules');
  const stamp = join(folder, '.decentlab-lock');
  const lock = () => fingerprint(root, ['package-lock.json']);
  return {
    name: 'npm dependencies',
    remedy: 'run `npm ci` to see what it says.',
    isDone: () => readStamp(stamp) === lock(),
    async run(show) {
      const verb = existsSync(folder) ? 'install' : 'ci';
      const command = [...npm(), verb, '--no-audit', '--no-fund', '--loglevel', 'http'];
      const { ok, log } = await runCommand(command, { cwd: root, logFile, onLine: show });
      if (!ok)
        throw explainFailure({ what: 'npm could not install the dependencies', log, logFile });
      mkdirSync(folder, { recursive: true });
      writeFileSync(stamp, lock());
    }
  };
}

/** The command that starts npm: the running npm's own program where there is one. */
export function npm() {
  const running = process.env['npm_execpath'];
  if (running?.endsWith('.js')) return [process.execPath, running];
  return process.platform === 'win32' ? ['cmd.exe', '/d', '/c', 'npm'] : ['npm'];
}
