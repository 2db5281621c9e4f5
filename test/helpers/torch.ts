/** Tests that need PyTorch: they run where it has been set up, and say how to where it has not. */
import { beforeEach } from 'vitest';
import { readTorchSetup } from '../../kernel-runtime/src/mathematics/tensor/torch/addon.js';

/** The compiled addon; undefined where PyTorch has not been set up. */
export const addonFile = readTorchSetup()?.addon;

/** Skips the tests of the calling suite where there is no PyTorch. */
export function needsTorch(): void {
  beforeEach(context => {
    if (addonFile === undefined) context.skip('no PyTorch here: `npm run setup:torch`');
  });
}
