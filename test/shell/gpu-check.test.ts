/** Every backend that is set up computes what plain JavaScript does, in a process of its own as engines are. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { programFile } from '../../kernel-runtime/src/package.js';
import { planCompute } from '../../kernel-runtime/src/cluster/client/compute.js';
import { backends } from '../../kernel-runtime/src/mathematics/tensor/backends/table.js';
import { hasNvidia } from '../../kernel-runtime/src/mathematics/tensor/devices.js';
import { readUtilisation } from '../../kernel-runtime/src/shell/commands/gpu-check/utilisation.js';
import { root } from '../helpers/project.js';
import { addonFile } from '../helpers/torch.js';

interface Checked {
  backend: string;
  device: string;
  cases: number;
  wrong: string[];
}

/** The cases of a backend on the device that an engine would be given. */
async function check(backend: string): Promise<Checked> {
  const { environment, environments } = await planCompute({ engines: 1, backend });
  const env = { ...process.env, ...environment, ...environments[0] };
  const args = [programFile('gpu-check-row'), '--cases'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Checked;
}

describe('Values and gradients are those of plain JavaScript:', () => {
  // Those of wasm are compared in a test of their own.
  it.for(['tensorflow', 'webgpu'])('%s', async (name, context) => {
    const missing = backends.find(one => one.name === name)?.missing();
    if (missing) return context.skip(`${missing.reason}. ${missing.remedy}`);
    const { backend, wrong, cases } = await check(name);
    expect({ backend, wrong }).toEqual({ backend: name, wrong: [] });
    expect(cases).toBeGreaterThanOrEqual(40);
  });
});

describe('decentlab gpu-check', () => {
  const decentlab = join(root, 'kernel-runtime', 'bin', 'decentlab.mjs');

  it('tries a backend, alone and on several engines, and lists what it could not', () => {
    const args = [decentlab, 'gpu-check', '--backend', 'wasm', '-n', '2', '--json'];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const { rows } = JSON.parse(stdout) as {
      rows: { backend: string; checked: Checked & Record<string, number>; shared: object }[];
    };
    expect(status).toBe(0);
    expect(rows).toHaveLength(1);
    expect(rows[0].checked).toMatchObject({ backend: 'wasm', wrong: [] });
    for (const time of ['matmulMs', 'leastSquaresMs', 'resnet20Ms'])
      expect(rows[0].checked[time]).toBeGreaterThan(0);
    expect(rows[0].shared).toMatchObject({ engines: 2, right: 2 });
  });
});

describe('What needs a GPU', () => {
  const decentlab = join(root, 'kernel-runtime', 'bin', 'decentlab.mjs');
  const NAMES = [
    'addon',
    'tfjs-core',
    'operations',
    'speed',
    'exchange',
    'device-to-device',
    'cifar10'
  ];

  function gpuCheck(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [decentlab, 'gpu-check', ...args], { encoding: 'utf8' });
  }

  it('is listed part by part as not measured where there is none', context => {
    if (hasNvidia()) return context.skip('a GPU is here');
    const { stdout, status } = gpuCheck('--only', NAMES.join(','));
    const lines = stdout.trim().split('\n').slice(2);
    expect(lines.map(line => /^– (\S+) \(.*\): not measured: no GPU$/.exec(line)?.[1])).toEqual(
      NAMES
    );
    expect(status).toBe(0);
  });

  it('runs on the processor as a rehearsal: the addon’s cases, operations, and an exchange beside computing', context => {
    if (addonFile === undefined) return context.skip('no PyTorch here: `npm run setup:torch`');
    const { stdout, stderr, status } = gpuCheck(
      '--rehearse',
      '--only',
      'addon,operations,exchange',
      '--json'
    );
    const { parts, unmeasured } = JSON.parse(stdout) as {
      parts: {
        part: string;
        isRight: boolean;
        lines: string[];
        figures?: Record<string, number>;
      }[];
      unmeasured: string[];
    };
    expect(parts.map(({ part, isRight }) => [part, isRight])).toEqual([
      ['addon', true],
      ['operations', true],
      ['exchange', true]
    ]);
    for (const name of ['add, 10 numbers', 'matrix product, 1024 x 1024'])
      for (const side of ['µs', 'Python, µs'])
        expect(parts[1].figures?.[`${name}, ${side}`]).toBeGreaterThan(0);
    expect(parts[0].lines).toEqual([expect.stringMatching(/^(\d+) of \1 cases right on cpu$/)]);
    for (const name of ['tensors', 'arrays', 'computing', 'both'])
      expect(parts[2].figures?.[`1 MB, ${name}`]).toBeGreaterThan(0);
    // What ended is told at once: a GPU may be lent for a while only.
    for (const part of ['addon', 'operations', 'exchange'])
      expect(stderr).toContain(`${part} on the processor, a rehearsal`);
    expect(unmeasured).toEqual([
      'addon: rehearsed on the processor',
      'operations: rehearsed on the processor',
      'exchange: rehearsed on the processor'
    ]);
    expect(status).toBe(0);
  });

  it.each([
    [['--only', 'addon,speeed'], /--only addon,speeed/],
    [['--pack', 'gpu.zip'], /--pack gpu\.zip.*NAME\.tar\.xz/],
    [['--steps', 'many'], /--steps many/]
  ])('%j is refused', (args, sentence) => {
    const { stderr, status } = gpuCheck(...args);
    expect(stderr).toMatch(sentence);
    expect(status).toBe(1);
  });

  it.each([
    ['90, 1000\n70, 1200\n', { percent: 80, mebibytes: 1200 }],
    ['[N/A], 10\n', {}],
    ['', {}]
  ])('is watched: nvidia-smi that says %j', (text, seen) => {
    expect(readUtilisation(text)).toEqual(seen);
  });
});
