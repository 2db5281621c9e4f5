/** Finds a Python that can carry JupyterLab. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DecentLabError } from '../../errors.js';

const OLDEST = [3, 10] as const;
const ASK_VERSION = 'import sys; print(*sys.version_info[:3], sep=".")';

export interface Python {
  readonly command: string;
  readonly version: string;
}

/**
 * The first of `$PYTHON`, python3 and python that is new enough.
 * Throws PYTHON_MISSING or PYTHON_TOO_OLD, which name what was found.
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const candidates = env['PYTHON'] ? [env['PYTHON']] : ['python3', 'python'];
  let tooOld: Python | undefined;
  for (const command of candidates) {
    const version = await askVersion(command, env);
    if (version === undefined) continue;
    if (isNewEnough(version)) return { command, version };
    tooOld ??= { command, version };
  }
  if (tooOld) throw new DecentLabError('PYTHON_TOO_OLD', { ...tooOld });
  throw new DecentLabError('PYTHON_MISSING', { tried: candidates.join(', ') });
}

async function askVersion(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', ASK_VERSION], { env });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
