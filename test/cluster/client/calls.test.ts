/** Calls on a real cluster: cells, variables, functions. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { runInThisContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';

import { Matrix, loadTensorflow, rank, type Cluster } from 'decentlab';
import { Connection } from '../../../kernel-runtime/dist/cluster/client/connection.js';
import type { ClusterFile } from '../../../kernel-runtime/dist/cluster/protocol/cluster-file.js';
import { clusterErrorOf, clusterFiles, startCluster, valuesOf } from '../real-cluster.js';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: 3 });
});

describe('execute', () => {
  it('gives the values in the order of the ranks', async () => {
    expect(await valuesOf(cluster, 'rank() * 10')).toEqual(['0', '10', '20']);
  });

  it('keeps variables from cell to cell, and redeclares them', async () => {
    await cluster.execute('let gamma = .1; function step() { return gamma + rank(); }');
    await cluster.execute('gamma = 2');
    expect(await valuesOf(cluster, 'step()')).toEqual(['2', '3', '4']);
    expect(await valuesOf(cluster, 'let gamma = 7; step()')).toEqual(['7', '8', '9']);
  });

  it('runs on some ranks only', async () => {
    const [result] = await cluster.ranks([2]).execute('rank()');
    expect(result).toEqual({ status: 'ok', data: { 'text/plain': '2' } });
  });

  it('streams what every rank prints, before the result', async () => {
    const printed = new Map<number, string>();
    await cluster.execute('console.log("I am", rank())', {
      onOutput: (rank, output) =>
        printed.set(rank, (printed.get(rank) ?? '') + (output.type === 'stream' && output.text))
    });
    expect([...printed].sort()).toEqual([0, 1, 2].map(rank => [rank, `I am ${rank}\n`]));
  });

  it('passes on what a timer prints after its cell has ended', async () => {
    const late = new Promise<string>(resolve => {
      const onOutput = (_: number, output: { type: string; text?: string }): void =>
        resolve(output.text ?? '');
      void cluster.ranks([1]).execute('setTimeout(() => console.log("late"), 50)', { onOutput });
    });
    expect(await late).toBe('late\n');
  });

  it('counts the ranks that are done', async () => {
    const counts: number[] = [];
    await cluster.execute('1').onProgress(({ finished }) => counts.push(finished));
    expect(counts).toEqual([1, 2, 3]);
  });

  it('tells who is done while the others go on', async () => {
    const others = join(mkdtempSync(join(tmpdir(), 'decentlab-progress-')), 'go');
    const wait = `const { existsSync } = require('node:fs');
      while (rank() > 0 && !existsSync(${JSON.stringify(others)})) await new Promise(setImmediate);`;
    const result = cluster.execute(wait);
    await new Promise<void>(resolve => void result.onProgress(() => resolve()));
    expect(result.progress).toEqual({ finished: 1, total: 3 });
    writeFileSync(others, '');
    await result;
    expect(result.progress.finished).toBe(3);
  });

  it('groups errors that are the same', async () => {
    const error = await clusterErrorOf(
      cluster.execute('if (rank() !== 1) throw new RangeError("too far")')
    );
    expect(error.message).toBe('2 engines failed the same way (ranks 0, 2): RangeError: too far');
    expect(error.errors.map(({ rank }) => rank)).toEqual([0, 2]);
  });

  it('resolves with errors among the results of a compiled cell', async () => {
    const cell = { name: 'cell 1', js: 'if (rank() === 1) throw new Error("one"); rank()' };
    const results = await cluster.execute(cell);
    expect(results.map(({ status }) => status)).toEqual(['ok', 'error', 'ok']);
  });

  it('keeps calls in their order without an await between them', async () => {
    void cluster.execute('let order = [1]');
    void cluster.execute('await null; order.push(2)');
    expect(await cluster.pull('order')).toEqual([0, 1, 2].map(() => [1, 2]));
  });
});

describe('push and pull', () => {
  const cyclic: Record<string, unknown> = { name: 'self' };
  cyclic['self'] = cyclic;
  const values: [string, unknown][] = [
    ['a number', 0.1],
    ['minus zero', -0],
    ['NaN', NaN],
    ['text', 'γ = ½'],
    ['null', null],
    ['a Float64Array', Float64Array.of(1, 2.5, NaN)],
    ['a Float32Array', Float32Array.of(1, 0.1)],
    ['an Int32Array', Int32Array.of(-1, 2)],
    ['an empty array', new Float64Array()],
    [
      'a matrix',
      Matrix.from([
        [1, 2, 3],
        [4, 5, 6]
      ])
    ],
    ['a record of arrays', { w: Float64Array.of(1), layers: [Matrix.from([[1]]), 'b'] }],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['a set', new Set([1, 2])],
    ['a record that holds itself', cyclic]
  ];

  const numbers = Float64Array.from({ length: 1e5 }, (_, k) => k / 3);
  const large: [string, unknown][] = [
    ['a vector of 8 kB', numbers.slice(0, 1e3)],
    ['a vector of 800 kB', numbers],
    ['a part of a vector', numbers.subarray(7, 7e4)],
    ['a matrix', new Matrix(numbers.slice(0, 9e4), 300, 300)],
    ['bytes', new Uint8Array(1e6).fill(7)],
    ['bytes of an odd number', new Uint8Array(300_001).fill(8)],
    ['big integers', new BigInt64Array(5e4).fill(-1n)],
    ['a list of numbers', Array.from({ length: 1e5 }, (_, k) => k)],
    ['one vector in two places', { first: numbers, second: [numbers] }],
    ['vectors in a map', new Map([['w', numbers]])]
  ];
  const clusterFile = (): ClusterFile =>
    JSON.parse(readFileSync(join(clusterFiles, `${cluster.id}.json`), 'utf8')) as ClusterFile;
  const waitingFiles = (): string[] => {
    const { folder } = clusterFile();
    return readdirSync(folder).filter(name => name.startsWith('value-'));
  };

  it.each(large)('bring back %s as it was, and leave no file behind', async (_, value) => {
    await cluster.push({ value });
    const pulled = await cluster.pull('value');
    expect(pulled.map(copy => isDeepStrictEqual(copy, value))).toEqual([true, true, true]);
    expect(waitingFiles()).toEqual([]);
  });

  it('keep what is one object one object', async () => {
    await cluster.push({ value: { first: numbers, second: numbers } });
    expect(await valuesOf(cluster, 'value.first === value.second')).toEqual(Array(3).fill('true'));
  });

  it('leave no file behind where a rank fails', async () => {
    await cluster.ranks([0, 2]).push({ onSome: numbers });
    await clusterErrorOf(cluster.pull('onSome'));
    const pass = (x: Float64Array): unknown => (rank() === 1 ? Promise.reject(new Error('no')) : x);
    await clusterErrorOf(cluster.apply(pass, numbers));
    expect(waitingFiles()).toEqual([]);
  });

  it('leave no file behind where the client goes before it has read them', async () => {
    await cluster.push({ numbers });
    const other = await Connection.open(clusterFile());
    const replies = await other.task(
      [0, 1, 2],
      Promise.resolve({ kind: 'pull', names: ['numbers'] }),
      {}
    );
    expect(replies.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(waitingFiles()).toHaveLength(3);
    other.close();
    await expect.poll(waitingFiles).toEqual([]);
  });

  it('give an array to the engine that does not change with ours', async () => {
    const changing = numbers.slice();
    await cluster.push({ changing });
    changing.fill(-1);
    expect(await valuesOf(cluster, 'changing[3]')).toEqual(['1', '1', '1']);
  });

  it.each(values)('bring back %s as it was, on every rank', async (_, value) => {
    await cluster.push({ value });
    expect(await cluster.pull('value')).toEqual([value, value, value]);
  });

  it('bring back a tensor', async () => {
    const tf = await loadTensorflow();
    await cluster.push({
      tensor: tf.tensor([
        [1, 2],
        [3, 4.5]
      ])
    });
    expect(await valuesOf(cluster, 'tensor.shape.join()')).toEqual(["'2,2'", "'2,2'", "'2,2'"]);
    const [pulled] = await cluster.pull<ReturnType<typeof tf.tensor>>('tensor');
    expect(pulled.shape).toEqual([2, 2]);
    expect([...(await pulled.data())]).toEqual([1, 2, 3, 4.5]);
  });

  it("makes a matrix of the engine's own class", async () => {
    await cluster.push({ A: Matrix.from([[1, 2]]) });
    expect(await valuesOf(cluster, 'A instanceof Matrix')).toEqual(['true', 'true', 'true']);
  });

  it('gives each rank its own value', async () => {
    await cluster.push(rank => ({ own: rank + 0.5 }));
    expect(await cluster.pull('own')).toEqual([0.5, 1.5, 2.5]);
  });

  it('pulls several variables as a record', async () => {
    await cluster.push({ a: 1, b: 2 });
    expect(await cluster.ranks([1]).pull(['a', 'b'])).toEqual([{ a: 1, b: 2 }]);
  });

  it('names a variable that a rank does not have', async () => {
    await cluster.ranks([0, 2]).execute('let partly = 1');
    const error = await clusterErrorOf(cluster.pull('partly'));
    expect(error.errors).toMatchObject([{ rank: 1, error: { code: 'VARIABLE_MISSING' } }]);
    expect(error.message).toContain('partly');
  });

  it.each([
    ['a function', { f: () => 1 }, 'variables.f'],
    ['a promise', { deep: [Promise.resolve(1)] }, 'variables.deep[0]']
  ])('refuse %s, and say where it is', async (_, variables, path) => {
    await expect(cluster.push(variables)).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      message: expect.stringContaining(path) as unknown
    });
  });
});

describe('apply', () => {
  // As in a script of the user's: the tests' own import() would be rewritten before it gets here.
  const written = (text: string) => runInThisContext(`(${text})`) as () => unknown;

  it.each([
    ['of Node', "async () => (await import('node:path')).posix.sep", '/'],
    ['that is installed', "async () => typeof (await import('msgpackr')).pack", 'function'],
    ['beside the engines', "async () => (await import('./package.json')).private", true],
    ['by a name that is computed', "async () => (await import('node:' + 'os')).EOL", '\n'],
    ['of ours', "async () => (await import('decentlab')).rank === rank", true],
    ['in a text, which is none', `async () => "import('fs')" /* import('fs') */`, "import('fs')"]
  ])('imports a module %s', async (_, text, expected) => {
    expect(await cluster.apply(written(text))).toEqual([expected, expected, expected]);
  });

  it.each([
    ["async () => import('no-such-package')", /no-such-package/],
    ["async () => import('./nothing.ts')", /nothing\.ts/]
  ])('says which module %s misses', async (text, words) => {
    const error = await clusterErrorOf(cluster.apply(written(text)));
    expect(error.message).toMatch(words);
  });

  it('calls a function with arguments among the variables of the cells', async () => {
    await cluster.execute('const offset = rank() * 100');
    const offset = 0;
    const results = await cluster.apply((x: Float64Array) => x[0] + offset, Float64Array.of(5));
    expect(results).toEqual([5, 105, 205]);
  });

  it('compiles a text once, and calls it anew among the variables as they are', async () => {
    const text = 'function own() { own.calls = (own.calls ?? 0) + 1; return [own.calls, later]; }';
    for (const later of ['rank()', '7', '-rank()']) {
      await cluster.execute(`let later = ${later}`);
      const expected = await cluster.pull('later');
      expect(await cluster.apply(written(text))).toEqual(expected.map(value => [1, value]));
    }
  });

  it('shows its own line where it fails', async () => {
    const error = await clusterErrorOf(cluster.apply(written('() => {\n  none.of(it); }')));
    const again = await clusterErrorOf(cluster.apply(written('() => {\n  none.of(it); }')));
    for (const { errors } of [error, again])
      expect(errors[0].error.traceback.join('\n')).toContain('2 |   none.of(it);');
  });

  it('awaits an async function', async () => {
    expect(await cluster.apply(async (x: number) => Promise.resolve(x + 1), 1)).toEqual([2, 2, 2]);
  });

  it('takes a method', async () => {
    const tools = {
      double(x: number) {
        return 2 * x;
      }
    };
    expect(await cluster.apply(tools.double, 4)).toEqual([8, 8, 8]);
  });

  it('names what the function had around it', async () => {
    const around = 3;
    const error = await clusterErrorOf(cluster.apply(() => around));
    expect(error.errors[0].error).toMatchObject({ code: 'NOT_SHIPPED' });
    expect(error.message).toContain('around is not defined on the engines');
  });

  it('reports what the function throws', async () => {
    const fail = () => {
      throw new RangeError('too much');
    };
    expect((await clusterErrorOf(cluster.apply(fail))).message).toContain('RangeError: too much');
  });
});

describe('scatter and gather', () => {
  it.each([
    [
      'a list',
      [1, 2, 3, 4, 5, 6, 7],
      [
        [1, 2, 3],
        [4, 5],
        [6, 7]
      ]
    ],
    [
      'a Float64Array',
      Float64Array.of(1, 2, 3, 4),
      [Float64Array.of(1, 2), Float64Array.of(3), Float64Array.of(4)]
    ],
    [
      'the rows of a matrix',
      Matrix.from([
        [1, 2],
        [3, 4],
        [5, 6]
      ]),
      [Matrix.from([[1, 2]]), Matrix.from([[3, 4]]), Matrix.from([[5, 6]])]
    ]
  ])('cut %s and join it again', async (_, whole, parts) => {
    await cluster.scatter('part', whole);
    expect(await cluster.pull('part')).toEqual(parts);
    expect(await cluster.gather('part')).toEqual(whole);
  });

  it('gather values of other kinds as a list by rank', async () => {
    await cluster.push(rank => ({ mixed: rank }));
    expect(await cluster.all.gather('mixed')).toEqual([0, 1, 2]);
  });
});

describe('mistakes', () => {
  it.each([[[3]], [[-1]], [[0.5]]])('ranks(%j) do not exist', ranks => {
    expect(() => cluster.ranks(ranks)).toThrow(/ranks from 0 to 2/);
  });

  it.each(['Cluster.start()', 'Cluster.connect()', 'Cluster.list()'])(
    '%s on an engine says where it belongs',
    async call => {
      const error = await clusterErrorOf(cluster.ranks([0]).execute(`await ${call}`));
      expect(error.errors[0].error.code).toBe('NOT_ON_CLIENT');
    }
  );

  it.each([0, -1, 1.5, NaN])('a cluster of %d engines is refused', async engines => {
    await expect(startCluster({ engines })).rejects.toMatchObject({ code: 'VALUE_INVALID' });
  });
});

it('shows itself as a table and as a line', () => {
  const bundle = (cluster as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for('Jupyter.display')
  ]();
  expect(bundle['text/plain']).toBe(`Cluster ${cluster.id}: 3 engines (3 idle)`);
  expect(bundle['text/html'].match(/<tr>/g)).toHaveLength(4);
});
