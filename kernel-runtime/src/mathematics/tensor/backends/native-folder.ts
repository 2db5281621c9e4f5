/** Where the set-up puts what it builds of a backend for this machine. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { packageRoot } from '../../../package.js';
import { userCacheFolder } from '../../../platform.js';

/**
 * The folder of a backend's native parts: in the checkout's `.venv`, beside the Python packages that they are linked with,
 * or in the user's cache where DecentLab was installed from a registry. DECENTLAB_NATIVE names another place.
 */
export function nativeFolder(backend: string): string {
  const chosen = process.env['DECENTLAB_NATIVE'];
  if (chosen) return join(chosen, backend);
  const root = dirname(packageRoot);
  return existsSync(join(root, 'extension'))
    ? join(root, '.venv', 'decentlab', backend)
    : join(userCacheFolder(), 'decentlab', backend);
}
