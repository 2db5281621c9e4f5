/** `decentlab bench link` and `collectives`: options, comparators, targets, and short runs of the real thing. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  fitLink,
  type TimedMessage
} from '../../kernel-runtime/src/mathematics/simulate/calibrate.js';
import {
  compete,
  type Contender
} from '../../kernel-runtime/src/shell/commands/bench/exchange/contender.js';
import { lackOfMemory } from '../../kernel-runtime/src/shell/commands/bench/exchange/figures.js';
import {
  describeSize,
  jobOf,
  readNodes,
  readSizes,
  readTimes
} from '../../kernel-runtime/src/shell/commands/bench/exchange/job.js';
import { targetsOf } from '../../kernel-runtime/src/shell/commands/bench/exchange/targets.js';
import { toTable } from '../../kernel-runtime/src/shell/commands/bench/report.js';
import type { Figure } from '../../kernel-runtime/src/shell/commands/bench/suite.js';
import { root } from '../helpers/project.js';

const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
const hasMpi = ['mpirun', 'mpicc'].every(name => spawnSync(name, ['--version']).status === 0);

describe('Sizes and numbers of ranks', () => {
  it.each([
    ['1KB,1MB,102MB', [1e3, 1e6, 102e6]],
    ['4 B', [4]],
    ['1.5mb', [1_500_000]],
    ['2GB', [2e9]]
  ])('%s are read', (text, bytes) => expect(readSizes(text)).toEqual(bytes));

  it.each(['', '1', 'KB', '3B', '1KB,', '-1KB', '1e3B'])('"%s" is no size', text => {
    expect(() => readSizes(text)).toThrow('--sizes 1KB,1MB,102MB');
  });

  it.each(['', '1', '65', '2,', '2.5', 'two'])('"%s" is no number of ranks', text => {
    expect(() => readNodes(text)).toThrow('--nodes 2,4,8');
  });

  it.each([
    [4, '4 B'],
    [1e3, '1 KB'],
    [1_500_000, '1.5 MB'],
    [102e6, '102 MB']
  ])('%d bytes are %s', (bytes, words) => expect(describeSize(bytes)).toBe(words));

  it('what does not fit into the free memory is said beforehand', () => {
    expect(lackOfMemory(8, 102e6, 6e9)).toBe('it takes 4.9 GB of memory, and 6.0 GB are free');
    expect(lackOfMemory(8, 102e6, 7e9)).toBeUndefined();
  });
});

describe('A contest', () => {
  const job = jobOf('ring', 1e3);
  const contender = (name: string, ...rounds: (number[] | Error)[]): Contender => ({
    name,
    operations: ['ring'],
    measure() {
      const next = rounds.shift()!;
      return next instanceof Error
        ? Promise.reject(next)
        : Promise.resolve(new Map([['ring 250', next]]));
    }
  });
  const contest = (...contenders: Contender[]) =>
    compete({ contenders, ranks: 2, jobs: [job], rounds: 2, progress: () => undefined });

  it('collects the times of all rounds by name', async () => {
    const { results, notes } = await contest(
      contender('ours', [1, 2], [3, 4]),
      contender('MPI', [5], [6])
    );
    expect(results.get('ring 250')).toEqual({ ours: [1, 2, 3, 4], MPI: [5, 6] });
    expect(notes).toEqual([]);
  });

  it('goes on without a reference that fails, and says so; ours may not fail', async () => {
    const failing = contender('MPI', [5], new Error('no slots\nmpirun ended with exit code 1'));
    const { results, notes } = await contest(contender('ours', [1], [2]), failing);
    expect(results.get('ring 250')).toEqual({ ours: [1, 2], MPI: [5] });
    expect(notes).toEqual(['MPI on 2 ranks: mpirun ended with exit code 1']);
    await expect(contest(contender('ours', new Error('wrong sum')))).rejects.toThrow('wrong sum');
  });

  it('reads what the comparators print, and nothing else of it', () => {
    const text = 'warning: slow\none-peer 250 0.5 0.25\nring 25500000 100.125\n';
    expect([...readTimes(text)]).toEqual([
      ['one-peer 250', [0.5, 0.25]],
      ['ring 25500000', [100.125]]
    ]);
  });
});

describe('The targets', () => {
  const place = { operation: 'one-peer', ranks: 4, bytes: 102e6 } as const;

  it.each<[string, number[], boolean, boolean]>([
    ['above what is to be reached', [140], false, false],
    ['between reach and aim', [120], true, false],
    ['at the aim', [100], true, true]
  ])('%s', (_, ours, isReached, isAimReached) => {
    const [target] = targetsOf(place, { ours, 'MPI, shared memory': [90, 100, 900] });
    expect(target).toMatchObject({ against: 'MPI, shared memory', reach: 1.3, aim: 1 });
    expect(target).toMatchObject({ ratio: ours[0] / 100, isReached, isAimReached });
  });

  it('are only there where both sides were measured, at the size and the ranks they are for', () => {
    const results = { ours: [1], 'MPI, shared memory': [1], ws: [6], gloo: [1] };
    expect(targetsOf(place, results).map(({ against }) => against)).toEqual([
      'MPI, shared memory',
      'ws'
    ]);
    expect(targetsOf({ ...place, bytes: 1e6 }, results)).toEqual([]);
    expect(targetsOf({ ...place, ranks: 2 }, results).map(({ against }) => against)).toEqual([
      'ws'
    ]);
    expect(targetsOf(place, { ours: [1] })).toEqual([]);
  });

  it('stand below the table', () => {
    const targets = targetsOf(place, { ours: [120], 'MPI, shared memory': [100] });
    const figure: Figure = { what: 'one-peer', unit: 'ms', ours: 120, references: {}, targets };
    expect(toTable({ figures: [figure], notes: [] })).toMatch(
      /^one-peer +ours \/ MPI, shared memory +1\.2x +1\.3x +1x +✓$/m
    );
  });
});

interface Report {
  readonly suite: string;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  readonly messages?: readonly TimedMessage[];
}

async function bench(...args: string[]): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    'bench',
    ...args,
    '--json'
  ]);
  return JSON.parse(stdout) as Report;
}

const MPI = ['MPI, shared memory', 'MPI, TCP'];

describe('decentlab bench', () => {
  it('link prints one JSON object, from which fitLink takes the link', async () => {
    const report = await bench('link', '--sizes', '1KB,1MB', '--rounds', '1');
    expect(report.figures.map(({ what }) => what)).toEqual([
      'point to point, 1 KB',
      'point to point, 1 MB'
    ]);
    for (const { ours, references, ranges } of report.figures) {
      expect(ours).toBeGreaterThan(0);
      const sockets = ['ours, in place', 'raw socket', 'raw socket, TCP', 'ws', 'ws, masked'];
      expect(Object.keys(references)).toEqual(
        expect.arrayContaining([...sockets, ...(hasMpi ? MPI : [])])
      );
      for (const value of Object.values(references)) expect(value).toBeGreaterThan(0);
      expect(ranges?.['ours']?.[0]).toBeLessThanOrEqual(ours);
    }
    expect(report.messages).toEqual(report.figures.map(({ bytes, ours }) => [bytes, ours]));
    const { latency, bandwidth } = fitLink(report.messages!);
    expect(latency).toBeGreaterThanOrEqual(0);
    expect(bandwidth).toBeGreaterThan(0);
    if (!hasMpi) expect(report.notes.join('\n')).toMatch(/^MPI: /m);
    expect(report.notes.filter(note => note.includes('one round is a first look'))).toHaveLength(1);
  });

  it(
    'collectives measures every operation by the public functions',
    { timeout: 180_000 },
    async () => {
      // Of small vectors, a batch is a hundred calls.
      const report = await bench(
        'collectives',
        '--sizes',
        '100KB',
        '--nodes',
        '3',
        '--rounds',
        '1'
      );
      const titles = [
        'one-peer exponential',
        'static exponential',
        'ring',
        'ring all-reduce',
        'broadcast'
      ];
      expect(report.figures.map(({ what }) => what)).toEqual(
        titles.map(title => `${title}, 100 KB, n = 3`)
      );
      for (const { ours, references } of report.figures) {
        expect(ours).toBeGreaterThan(0);
        expect(references['ours, in place']).toBeGreaterThan(0);
        if (hasMpi) expect(Object.keys(references)).toEqual(expect.arrayContaining(MPI));
      }
      expect(Object.keys(report.figures[0].references)).toContain('ws');
      const unchecked = report.figures.filter(
        ({ references }) => references['ours, unchecked'] > 0
      );
      // Without the check that all have one topology, where there is one: what it costs stands in the same row.
      expect(unchecked.map(({ what }) => what)).toEqual([
        'static exponential, 100 KB, n = 3',
        'ring, 100 KB, n = 3'
      ]);
    }
  );

  it.each([
    [['link', '--sizes', 'big'], '--sizes big'],
    [['link', '--nodes', '2'], 'bench link --nodes'],
    [['collectives', '--nodes', '1'], '--nodes 1'],
    [['cells', '--sizes', '1KB'], 'bench cells --sizes'],
    [['links'], 'bench links']
  ])('%j is refused before anything is measured', async (args, named) => {
    await expect(bench(...args)).rejects.toThrow(named);
  });
});
