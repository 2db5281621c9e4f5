/** The step that copies the prebuilt extension to where JupyterLab looks. */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../../bin/bootstrap/fingerprint.mjs';
import type { Step } from '../../../bin/bootstrap/steps.mjs';
import { DecentLabError } from '../../errors.js';
import { labextensionSource } from './place.js';

const NAME = 'jupyterlab-decentlab';

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
      return Promise.resolve();
    }
  };
}

function isCopied(source: string | undefined, target: string): boolean {
  if (source === undefined || !existsSync(source) || !existsSync(target)) return false;
  const names = readdirSync(source).sort();
  return (
    readdirSync(target).sort().join() === names.join() &&
    fingerprint(source, names) === fingerprint(target, names)
  );
}
