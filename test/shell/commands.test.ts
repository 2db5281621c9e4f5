/** The command `decentlab`, as a process: its JSON, its sentences, its exit codes. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

const PROGRAM = join(root, 'kernel-runtime/bin/decentlab.mjs');
const folder = temporaryFolder();

function decentlab(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, JUPYTER_RUNTIME_DIR: folder };
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', cwd: folder, env });
}

describe('decentlab', () => {
  it.each([[], ['--help'], ['help']])('lists its commands: %j', (...args) => {
    const { status, stdout } = decentlab(...args);
    expect(status).toBe(0);
    for (const name of [
      'start',
      'install',
      'doctor',
      'cluster',
      'topology',
      'solve',
      'bench',
      'notebooks',
      'gpu-check'
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
    }
  });

  it.each(['start', 'install', 'doctor', 'cluster', 'topology', 'solve', 'bench', 'notebooks'])(
    '%s explains itself',
    name => {
      const { status, stdout } = decentlab(name, '--help');
      expect({ status, stdout }).toEqual({
        status: 0,
        stdout: expect.stringContaining(`Usage: decentlab ${name}`)
      });
    }
  );

  it.each([
    [['nonsense'], 'decentlab has no command "nonsense": '],
    [['toString'], 'decentlab has no command "toString": '],
    [['doctor', '--jsn'], 'the usage is `decentlab doctor [--json]`'],
    [['topology', 'nonsense', '--size', '3'], 'no topology and no file called "nonsense"'],
    [['topology', 'ring'], 'the usage is `decentlab topology NAME|FILE'],
    [['topology', 'ring', '--size', '-1'], 'the usage is'],
    [['topology', 'star', '--size', '3', '--center', '3'], 'received 3'],
    [['install'], 'the usage is `decentlab install'],
    [['install', '--user', '--prefix', 'x'], 'the usage is `decentlab install'],
    [['install', '--sys-prefix', '--python', '/nowhere'], 'No Python was found (tried /nowhere)'],
    [['cluster', 'stop', 'none'], 'no running cluster none'],
    [['bench'], 'the usage is `decentlab bench (link'],
    [['bench', 'toString'], 'the usage is `decentlab bench (link'],
    [['bench', 'cells', 'solve'], 'the usage is `decentlab bench (link'],
    [['cluster', 'dance'], 'the usage is `decentlab cluster'],
    [['notebooks', 'student', 'a'], 'the usage is `decentlab notebooks (student'],
    [['notebooks', 'student', 'none', 'b'], 'none cannot be used: expected a notebook or a folder'],
    [['notebooks', 'check', 'none'], 'none cannot be used: expected a folder of lessons']
  ])('%j ends in one sentence', (args, sentence) => {
    const { status, stdout, stderr } = decentlab(...args);
    expect(stderr.trim()).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

describe('decentlab topology --json', () => {
  const json = (...args: string[]): Record<string, unknown> =>
    JSON.parse(decentlab('topology', ...args, '--json').stdout) as Record<string, unknown>;

  it('prints one object with the fixed keys', () => {
    const third = 1 / 3;
    expect(json('ring', '--size', '4', '--connect', '0')).toEqual({
      W: [0, 1, 2, 3].map(i => [0, 1, 2, 3].map(j => (Math.abs(i - j) === 2 ? 0 : third))),
      rho: expect.closeTo(third, 12),
      lambdaMin: expect.closeTo(-third, 12),
      inNeighbors: [
        [1, 3],
        [0, 2],
        [1, 3],
        [0, 2]
      ],
      outNeighbors: [
        [1, 3],
        [0, 2],
        [1, 3],
        [0, 2]
      ],
      doublyStochastic: true,
      symmetric: true
    });
  });

  it('tells senders from receivers: row i is the receiver i', () => {
    const { inNeighbors, outNeighbors } = json('exponential-two', '--size', '4');
    expect(inNeighbors).toEqual([
      [2, 3],
      [0, 3],
      [0, 1],
      [1, 2]
    ]);
    expect(outNeighbors).toEqual([
      [1, 2],
      [2, 3],
      [0, 3],
      [0, 1]
    ]);
  });

  it('prints a schedule as its period', () => {
    const { period } = json('one-peer-exponential', '--size', '8') as { period: number[][][] };
    expect(period).toHaveLength(3);
    expect(period[2][0]).toEqual([0.5, 0, 0, 0, 0.5, 0, 0, 0]);
  });

  it.each([
    ['edges.txt', '0 1\n1 2\n', [2 / 3, 1 / 3, 0]],
    ['weights.json', '[[0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]', [0.5, 0.5, 0]]
  ])('reads %s', (name, content, firstRow) => {
    writeFileSync(join(folder, name), content);
    const { W } = json(name) as { W: number[][] };
    firstRow.forEach((weight, j) => expect(W[0][j]).toBeCloseTo(weight, 12));
  });
});

describe('decentlab install', () => {
  it('puts the kernel and the extension under a prefix', () => {
    const prefix = join(folder, 'prefix');
    expect(decentlab('install', '--prefix', prefix).status).toBe(0);
    const share = join(prefix, 'share/jupyter');
    expect(existsSync(join(share, 'labextensions/jupyterlab-decentlab/package.json'))).toBe(true);
    const spec: unknown = JSON.parse(
      readFileSync(join(share, 'kernels/decentlab/kernel.json'), 'utf8')
    );
    expect(spec).toMatchObject({ language: 'typescript' });
  });
});

describe('decentlab doctor', () => {
  it('finds everything set up here', () => {
    const { ok, checks } = JSON.parse(decentlab('doctor', '--json').stdout) as {
      ok: boolean;
      checks: { name: string; ok: boolean; remedy: string; isOptional?: boolean }[];
    };
    expect(checks.filter(check => !check.ok && !check.isOptional)).toEqual([]);
    expect(ok).toBe(true);
    expect(checks.length).toBeGreaterThan(5);
    expect(checks.some(({ name }) => /^Tensors: \w+ on (GPUs|the processor), /.test(name))).toBe(
      true
    );
  });
});

describe('decentlab cluster', () => {
  it('says so when none runs', () => {
    expect(JSON.parse(decentlab('cluster', 'list', '--json').stdout)).toEqual({ clusters: [] });
    expect(decentlab('cluster', 'list').stdout).toBe('No cluster is running.\n');
  });
});
