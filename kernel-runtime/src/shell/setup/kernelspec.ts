/** The step that tells Jupyter about the kernel. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, readStamp } from '../../../bin/bootstrap/fingerprint.mjs';
import type { Step } from '../../../bin/bootstrap/steps.mjs';
import { kernelMain, kernelspecAssets } from './place.js';
import { stableNode } from './stable-node.js';

const LOGOS = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg'];

/** Writes kernel.json and the logos into `<share>/kernels/decentlab`; `share` is a prefix's share/jupyter folder. */
export function kernelspecStep(share: string): Step {
  const folder = join(share, 'kernels', 'decentlab');
  const specFile = join(folder, 'kernel.json');
  return {
    name: 'Kernel "TypeScript (DecentLab)"',
    remedy: 'make sure that its folder may be written, then run `npm start`.',
    isDone: () =>
      readStamp(specFile) === kernelspec() &&
      fingerprint(folder, LOGOS) === fingerprint(kernelspecAssets, LOGOS),
    run() {
      mkdirSync(folder, { recursive: true });
      for (const logo of LOGOS) cpSync(join(kernelspecAssets, logo), join(folder, logo));
      writeFileSync(specFile, `${kernelspec()}\n`);
      return Promise.resolve();
    }
  };
}

/** The text of kernel.json: the template with the paths of Node and of the kernel. */
export function kernelspec(): string {
  const template = readFileSync(join(kernelspecAssets, 'kernel.json'), 'utf8').trim();
  const paths: Record<string, string> = { '{node}': stableNode(), '{kernel}': kernelMain };
  return template.replace(/"(\{node\}|\{kernel\})"/g, (_, name: string) =>
    JSON.stringify(paths[name])
  );
}
