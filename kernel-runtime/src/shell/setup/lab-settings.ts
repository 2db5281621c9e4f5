/** The step that gives JupyterLab its defaults here: no news, no questions about them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Step } from '../../../bin/bootstrap/steps.mjs';

const OVERRIDES = `${JSON.stringify(
  {
    '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false }
  },
  null,
  2
)}\n`;

/** Writes `<share>/lab/settings/overrides.json`; a user's own settings still win over it. */
export function labSettingsStep(share: string): Step {
  const file = join(share, 'lab', 'settings', 'overrides.json');
  return {
    name: "JupyterLab's defaults",
    remedy: 'make sure that .venv may be written.',
    isDone: () => existsSync(file) && readFileSync(file, 'utf8') === OVERRIDES,
    run() {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, OVERRIDES);
      return Promise.resolve();
    }
  };
}
