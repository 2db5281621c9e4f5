/**
 * A disagreement fails in this call on the ranks whose neighbourhood holds it, and on all others at their pending or next
 * call, with the same text.
 */
import { beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from 'decentlab';
import { clusterErrorOf, codesOf, startCluster, valuesOf } from '../real-cluster.js';

const SIZE = 6;
const ODD = 2;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE, stallAfter: 500 });
  await cluster.execute('setTopology(ringGraph(size()));');
});

/** All ranks make the first call, rank 2 the second one; then all meet in a barrier. */
function cellOf(usual: string, odd: string): string {
  return `
    globalThis.passed = 0;
    await (rank() === ${ODD} ? ${odd} : ${usual});
    globalThis.passed = 1;
    await barrier();
    globalThis.passed = 2;`;
}

const own = '{ selfWeight: 0.5, srcWeights: { [(rank() + 5) % 6]: 0.5 }, dstWeights: ';

describe('a disagreement', () => {
  it.each<[string, string, string, RegExp, number[]]>([
    [
      'on the operation',
      'neighborAllreduce(1)',
      'allreduce(1)',
      /neighborAllreduce.*allreduce|allreduce.*neighborAllreduce/,
      []
    ],
    [
      'on the name',
      'neighborAllreduce(1, { name: "a" })',
      'neighborAllreduce(1, { name: "b" })',
      /name "a".*name "b"|name "b".*name "a"/,
      [1, 2, 3]
    ],
    [
      'on having a name',
      'allreduce(1)',
      'allreduce(1, { name: "a" })',
      /with the name "a"/,
      [0, 1, 2, 3, 4, 5]
    ],
    [
      'on the shape',
      'neighborAllreduce(new Float64Array(5))',
      'neighborAllreduce(new Float64Array(3))',
      /float64\[[35]\].*float64\[[35]\]/,
      [1, 2, 3]
    ],
    [
      'on the type',
      'neighborAllreduce(new Float64Array(5))',
      'neighborAllreduce(new Float32Array(5))',
      /float32\[5\]/,
      [1, 2, 3]
    ],
    [
      'on the structure',
      'neighborAllreduce({ w: 1, b: 2 })',
      'neighborAllreduce({ w: 1, c: 2 })',
      /c: float64/,
      [1, 2, 3]
    ],
    [
      'on the weights of the topology',
      'neighborAllreduce(1)',
      '(setTopology(lazyWeights(loadTopology())), neighborAllreduce(1))',
      /the topology ring of 6/,
      [2, 3]
    ],
    [
      'on the topology',
      'neighborAllreduce(1)',
      '(setTopology(starGraph(size())), neighborAllreduce(1))',
      /star of 6/,
      [2, 3]
    ],
    [
      'on the neighbours of one call',
      `neighborAllreduce(1, ${own} [(rank() + 1) % 6] })`,
      `neighborAllreduce(1, ${own} [(rank() + 2) % 6] })`,
      /rank 2 (does not send|sends)/,
      [0, 1, 2, 3, 4, 5]
    ],
    [
      'on the root',
      'broadcast(1, 0)',
      'broadcast(1, 5)',
      /from rank 0.*from rank 5|from rank 5.*from rank 0/,
      // Who meets the other root first is the tree's affair.
      []
    ],
    [
      'on average and sum',
      'allreduce(1)',
      'allreduce(1, { average: false })',
      /\(sum\)/,
      [0, 1, 2, 3, 4, 5]
    ]
  ])('%s', async (_, usual, odd, words, near) => {
    const error = await clusterErrorOf(cluster.execute(cellOf(usual, odd)));
    expect(codesOf(error, SIZE)).toEqual(Array(SIZE).fill('DISAGREEMENT'));
    expect(new Set(error.errors.map(each => each.error.message)).size).toBe(1);
    expect(error.message).toMatch(words);
    const passed = (await valuesOf(cluster, 'globalThis.passed')).map(Number);
    expect(near.map(rank => passed[rank])).toEqual(near.map(() => 0));
    expect(Math.max(...passed)).toBeLessThan(2);
    await cluster.execute('setTopology(ringGraph(size()))');
    expect(await valuesOf(cluster, 'await allreduce(rank())')).toEqual(Array(SIZE).fill('2.5'));
    expect(await valuesOf(cluster, 'await neighborAllreduce(1)')).toEqual(Array(SIZE).fill('1'));
  });

  it('that a cell swallows does not leave it waiting for those who ended', async () => {
    const cell = `
      await neighborAllreduce(new Float64Array(rank() === ${ODD} ? 3 : 5)).catch(error => {
        if (rank() !== 4) throw error;
      });
      await barrier();`;
    const error = await clusterErrorOf(cluster.execute(cell));
    expect(codesOf(error, SIZE).filter(code => code === 'DISAGREEMENT').length).toBeGreaterThan(3);
    expect(await valuesOf(cluster, 'await allreduce(1)')).toEqual(Array(SIZE).fill('1'));
  });
});

describe('a rank that never comes', () => {
  const limited = (call: string): string => `
    if (rank() === ${ODD}) await new Promise(resolve => setTimeout(resolve, 700));
    else await ${call}`;

  it.each([
    'neighborAllreduce(1, { timeout: 50, enableTopoCheck: false })',
    'allreduce(1, { timeout: 50 })',
    'broadcast(1, 2, { timeout: 50 })',
    'barrier({ timeout: 50 })'
  ])('a time limit ends %s, and names it', async call => {
    const error = await clusterErrorOf(cluster.execute(limited(call)));
    expect(codesOf(error, SIZE)[ODD]).toBeNull();
    const named = error.errors.filter(({ error: each }) => each.code === 'CALL_TIMEOUT');
    expect(named.map(({ error: each }) => each.message).join()).toMatch(/rank 2 after 50 ms/);
    expect(await valuesOf(cluster, 'await allreduce(1)')).toEqual(Array(SIZE).fill('1'));
  });
});
