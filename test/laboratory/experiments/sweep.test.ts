/** Sweeps in real threads: order, resumption, cancelling, failures, functions of one's own. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it, vi } from 'vitest';

import type * as library from '../../../kernel-runtime/src/index.js';

// Threads run the built files.
const program = fileURLToPath(
  new URL('../../../kernel-runtime/bin/decentlab.mjs', import.meta.url)
);
const built = fileURLToPath(
  new URL('../../../kernel-runtime/dist/programs/index.js', import.meta.url)
);
const {
  algorithmNamed,
  dsgd,
  fullyConnectedGraph,
  plot,
  randomLeastSquares,
  readProblem,
  readSweep,
  ringGraph,
  runExperiment,
  sub,
  scale,
  sweep,
  topologyNamed
} = (await import(built)) as typeof library;

const folder = mkdtempSync(join(tmpdir(), 'sweeps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const problem = randomLeastSquares({ n: 4, m: 8, d: 3 });
const grid = {
  problem,
  algorithm: ['dsgd', 'dmsgd'],
  topology: ['ring', 'fully-connected'],
  gamma: [0.02, 0.01],
  beta: [0.5, 0.8],
  iterations: 30,
  onProgress: null
};

describe('a sweep', () => {
  it('has the rows of the grid in its order, with the numbers of single runs', async () => {
    const table = await sweep({ ...grid, workers: 2 });
    expect(table.rows.map(row => [row.algorithm, row.topology, row.gamma, row.beta])).toEqual([
      ...['ring', 'fully-connected'].flatMap(t => [0.02, 0.01].map(g => ['dsgd', t, g, null])),
      ...['ring', 'fully-connected'].flatMap(t =>
        [0.02, 0.01].flatMap(g => [0.5, 0.8].map(b => ['dmsgd', t, g, b]))
      )
    ]);
    const row = table.rows[6];
    const single = await runExperiment({
      problem,
      algorithm: algorithmNamed('dmsgd', { gamma: row.gamma!, beta: row.beta! }),
      topology: topologyNamed(row.topology, { size: 4 }),
      iterations: 30
    });
    expect(row.status).toBe('ok');
    expect(row.relativeError).toBe(single.relativeError[30]);
    expect(Object.fromEntries(JSON.parse(row.errors) as [number, number][])).toEqual(
      single.relativeError
    );
    const here = await sweep({ ...grid, workers: 0 });
    const numbers = (all: typeof table): unknown[] =>
      all.rows.map(({ seconds: _s, ...rest }) => rest);
    expect(numbers(here)).toEqual(numbers(table));
  });

  it('says divergence and failure in rows, and goes on', async () => {
    const table = await sweep({
      problem,
      algorithm: 'dsgd',
      topology: ringGraph(4),
      gamma: [10, 0.01],
      iterations: 60,
      at: [0, 60],
      onProgress: null
    });
    expect(table.column('status')).toEqual(['diverged', 'ok']);
    expect(table.rows[0]).toMatchObject({ relativeError: null, consensus: null });
    expect(table.rows[0].divergedAt).toBeGreaterThan(0);
    const failing = await sweep({
      ...{ problem, topology: 'ring', gamma: 1, iterations: 3, onProgress: null },
      algorithm: [
        'dsgd',
        { name: 'broken', init: x => ({ x }), step: () => Promise.reject(new Error('mine broke')) }
      ]
    });
    expect(failing.rows.map(({ status, message }) => [status, message])).toEqual([
      ['ok', null],
      ['failed', expect.stringContaining('mine broke')]
    ]);
  });

  it('runs what is given as functions in this process, with the variables around it', async () => {
    let calls = 0;
    const halves = ({ gamma }: { gamma: number }): library.Algorithm => ({
      name: 'halves',
      init: x => ({ x }),
      step: async ({ x }, node) => {
        calls += 1;
        return {
          x: await node.communicator.neighborAllreduce(
            sub(x, scale(gamma / 2, await node.gradient(x)))
          )
        };
      }
    });
    const own = {
      size: 4,
      dimension: 3,
      xStar: problem.xStar,
      local: (rank: number) => problem.local(rank)
    };
    const options = { topology: 'ring', iterations: 5, onProgress: null };
    const table = await sweep({
      ...options,
      problem: own,
      algorithm: [halves, 'dsgd'],
      gamma: [0.02, 0.01]
    });
    expect(calls).toBe(2 * 5 * 4);
    const [, , first, second] = table.rows;
    expect(table.rows[0].relativeError).toBe(second.relativeError);
    expect(first.relativeError).not.toBe(second.relativeError);
  });

  it('goes on from its file, past a half-written last line', async () => {
    const file = join(folder, 'a', 'sweep.jsonl');
    const whole = await sweep({ ...grid, file });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + whole.length);
    writeFileSync(file, `${lines.slice(0, 6).join('\n')}\n${lines[6].slice(0, 40)}`);
    expect(readSweep(file)).toHaveLength(5);
    const onProgress = vi.fn();
    const again = await sweep({ ...grid, file, onProgress });
    expect(onProgress).toHaveBeenCalledTimes(whole.length - 5);
    expect(onProgress.mock.lastCall![0]).toMatchObject({ done: whole.length, total: whole.length });
    expect(again.column('relativeError')).toEqual(whole.column('relativeError'));
    expect(readSweep(file)).toHaveLength(whole.length);
    await sweep({ ...grid, file, onProgress });
    expect(onProgress).toHaveBeenCalledTimes(whole.length - 5);
  });

  it('tells graphs of one name apart by their weights', async () => {
    const file = join(folder, 'graphs.jsonl');
    const options = { ...grid, algorithm: 'dsgd', file };
    await sweep({ ...options, topology: ringGraph(4) });
    const other = { ...ringGraph(4), W: fullyConnectedGraph(4).W };
    await expect(sweep({ ...options, topology: other })).rejects.toThrow(/the file of this sweep/);
  });

  it('refuses the file of another sweep, a broken line, and a file that is none', async () => {
    const file = join(folder, 'other.jsonl');
    const small = { ...grid, algorithm: 'dsgd', topology: 'ring', file };
    await sweep(small);
    await expect(sweep({ ...small, iterations: 31 })).rejects.toThrow(/the file of this sweep/);
    await expect(
      sweep({ ...small, problem: randomLeastSquares({ n: 4, seed: 1 }) })
    ).rejects.toThrow(/FILE|another problem/);
    appendFileSync(file, 'not json\n');
    await expect(sweep(small)).rejects.toThrow(/one JSON record a line.*line 4/);
    writeFileSync(file, '{"a":1}\n');
    await expect(sweep(small)).rejects.toThrow(/received another file/);
    expect(() => readSweep(join(folder, 'none'))).toThrow(/received no file/);
  });

  it.each([
    ['in threads', 2],
    ['in this process', 0]
  ])('is cancelled by a signal %s, and keeps what is done', async (_, workers) => {
    const file = join(folder, `cancelled ${workers}.jsonl`);
    const controller = new AbortController();
    // The first row diverges at once, the second would take days.
    const endless = { ...grid, algorithm: 'dsgd', topology: 'ring', gamma: [10, 0.01], at: [0] };
    const options = {
      ...endless,
      iterations: 1_000_000_000,
      file,
      workers,
      signal: controller.signal
    };
    const running = sweep({ ...options, onProgress: () => controller.abort() });
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(readSweep(file).column('status')).toEqual(['diverged']);
    await expect(sweep(options)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('says how to repeat a row: a command for problems from a file, else a line of code', async () => {
    const file = join(folder, 'p.json');
    const data = {
      A: problem.locals().map(({ A }) => A.toRows()),
      b: problem.locals().map(({ b }) => [...b])
    };
    writeFileSync(file, JSON.stringify(data));
    const options = {
      algorithm: 'dmsgd',
      topology: 'ring',
      gamma: 0.01,
      beta: 0.5,
      seed: 3,
      iterations: 10,
      onProgress: null
    };
    const solved = await sweep({ ...options, problem: readProblem(file) });
    const command = solved.rows[0].reproduce;
    expect(command).toMatch(
      /^decentlab solve --problem .*p\.json --algorithm dmsgd --topology ring --gamma 0\.01 --beta 0\.5 --seed 3 --iterations 10 --simulate 4$/
    );
    const [, ...words] = command.split(' ');
    const printed = execFileSync(process.execPath, [program, ...words, '--json'], {
      encoding: 'utf8'
    });
    const { relativeError } = JSON.parse(printed) as library.ExperimentResult;
    expect(relativeError[10]).toBe(solved.rows[0].relativeError);
    const table = await sweep({ ...options, problem });
    const code = table.rows[0].reproduce;
    const names = { algorithmNamed, randomLeastSquares, runExperiment, topologyNamed };
    const AsyncFunction = (async () => {}).constructor as new (
      ...args: string[]
    ) => (...values: unknown[]) => Promise<library.ExperimentResult>;
    const again = await new AsyncFunction(...Object.keys(names), `return ${code}`)(
      ...Object.values(names)
    );
    expect(again.relativeError[10]).toBe(table.rows[0].relativeError);
  });

  it('draws: curves by what differs, and the final error against a parameter', async () => {
    const table = await sweep({ ...grid, seed: [0, 1] });
    const curves = table.filter({ topology: 'ring', gamma: 0.01, seed: 0 }).curves();
    expect(curves.series.map(({ name }) => name)).toEqual([
      'dsgd',
      'dmsgd, β = 0.5',
      'dmsgd, β = 0.8'
    ]);
    expect(plot.lines(curves).toString()).toContain('relative error: dsgd');
    const against = table.filter({ algorithm: 'dsgd' }).against('gamma', { fit: true });
    expect(against.series.map(({ name, x }) => [name, ...Array.from(x)])).toEqual([
      ['ring', 0.01, 0.02],
      ['fully-connected', 0.01, 0.02]
    ]);
    const shown = (table as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for('Jupyter.display')
    ]();
    expect(shown['text/html']).toContain('await runExperiment');
    expect(shown['text/html']).not.toContain('[[0,');
  });

  it.each<[string, object, RegExp | string]>([
    ['an empty list', { gamma: [] }, /gamma: expected at least one/],
    ['no step size', { gamma: undefined }, /a step size for dsgd/],
    ['NaN', { beta: [NaN] }, /beta: expected finite numbers/],
    ['a value twice', { gamma: [0.1, 0.1] }, /0\.1 twice/],
    ['an unknown algorithm', { algorithm: ['dsdg'] }, /dsgd/],
    ['an unknown topology', { topology: 'rng' }, /ring/],
    ['half a worker', { workers: 0.5 }, /workers: expected a whole number/],
    ['no iterations', { iterations: -1 }, /iterations/]
  ])('refuses %s before anything runs', async (_, wrong, sentence) => {
    const onProgress = vi.fn();
    await expect(sweep({ ...grid, onProgress, ...wrong })).rejects.toThrow(sentence);
    expect(onProgress).not.toHaveBeenCalled();
  });

  it('takes algorithms with options of their own', async () => {
    const table = await sweep({
      problem,
      algorithm: dsgd({ gamma: 0.01 }),
      topology: 'ring',
      iterations: 5,
      onProgress: null
    });
    expect(table.rows.map(({ algorithm, gamma }) => [algorithm, gamma])).toEqual([['dsgd', 0.01]]);
  });
});
