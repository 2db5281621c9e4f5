/** Every backend that is set up computes what plain JavaScript does, in a process of its own as engines are. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { programFile } from '../../kernel-runtime/src/package.js';
import { planCompute } from '../../kernel-runtime/src/cluster/client/compute.js';
import { backends } from '../../kernel-runtime/src/mathematics/tensor/backends/table.js';
import { root } from '../helpers/project.js';

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
