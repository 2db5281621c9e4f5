/** The step that copies the prebuilt extension to where JupyterLab looks. */
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../../bin/bootstrap/fingerprint.mjs';
import type { Step } from '../../../bin/bootstrap/steps.mjs';
import { DecentLabError } from '../../errors.js';
import { labextensionSource } from './place.js';

const NAME = 'jupyterlab-decentlab';
const INSTALL = {
  packageManager: 'npm',
  packageName: NAME,
  uninstallInstructions: `Remove the folder labextensions/${NAME}.`
};

/** Copies the built extension into `<share>/labextensions`; `share` is a prefix's share/jupyter folder. */
export function labextensionStep(share: string): Step {
  const target = join(share, 'labextensions', NAME);
  return {
    name: 'Extension in JupyterLab',
    remedy: 'make sure that its folder may be written, then run `npm start`.',
    isDone: () => isCopied(labextensionSource(), target),
    run() {
      const source = labextensionSource();
      if (source === undefined || !existsSync(source))
        throw new DecentLabError('EXTENSION_MISSING');
      rmSync(target, { recursive: true, force: true });
      cpSync(source, target, { recursive: true });
      writeFileSync(join(target, 'install.json'), JSON.stringify(INSTALL, null, 2));
      return Promise.resolve();
    }
  };
}

function isCopied(source: string | undefined, target: string): boolean {
  if (source === undefined || !existsSync(source) || !existsSync(join(target, 'install.json'))) {
    return false;
  }
  const names = readdirSync(source).sort();
  const copied = readdirSync(target).filter(name => name !== 'install.json');
  return (
    copied.sort().join() === names.join() &&
    fingerprint(source, names) === fingerprint(target, names)
  );
}
