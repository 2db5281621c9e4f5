/** The pack of `decentlab gpu-check`, unpacked where there is no Node but its own, and every part rehearsed on the processor. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cifar10Folder } from '../../kernel-runtime/src/laboratory/experiments/cifar10-folder.js';
import { readTorchSetup } from '../../kernel-runtime/src/mathematics/tensor/torch/addon.js';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';
import { addonFile } from '../helpers/torch.js';
import { SOAK_LIMIT_MS } from './form.js';

const decentlab = join(root, 'kernel-runtime', 'bin', 'decentlab.mjs');
/** What the host has: a shell, a compiler, Python and an archiver. */
const TOOLS = ['sh', 'dirname', 'env', 'tar', 'xz', 'g++', 'as', 'ld', 'cc', 'objdump', 'nm'];

describe('decentlab gpu-check --pack', { timeout: SOAK_LIMIT_MS }, () => {
  it('runs everything on a host without Node, from the addon to CIFAR-10', async context => {
    if (addonFile === undefined) return context.skip('no PyTorch here: `npm run setup:torch`');
    const folder = temporaryFolder();
    const file = join(folder, 'pack.tar.xz');
    const data = await cifar10Folder();
    const env = { ...process.env, XZ_OPT: '-1 -T0' };
    const packed = spawnSync(
      process.execPath,
      [decentlab, 'gpu-check', '--pack', file, '--data', data],
      { encoding: 'utf8', env }
    );
    expect(packed.status, packed.stderr).toBe(0);
    expect(Number(/, (\d+) MiB/.exec(packed.stdout)?.[1])).toBeLessThan(80);
    spawnSync('tar', ['-C', folder, '-xf', file]);
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const tool of TOOLS) {
      const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' });
      if (stdout.trim() !== '') symlinkSync(stdout.trim(), join(bin, tool));
    }
    const python = readTorchSetup()?.python ?? join(root, '.venv', 'bin', 'python');
    const { stdout, stderr, status } = spawnSync(
      'sh',
      [join(folder, 'pack', 'check.sh'), '--rehearse'],
      { encoding: 'utf8', env: { PATH: bin, HOME: folder, PYTHON: python } }
    );
    expect(stdout).not.toContain('✗');
    for (const part of [
      'addon',
      'tfjs-core',
      'operations',
      'speed',
      'exchange',
      'device-to-device',
      'cifar10'
    ])
      expect(stdout, stderr).toContain(`${part} on the processor, a rehearsal`);
    expect(status, stderr).toBe(0);
  });
});
