/** Simulated time: closed forms of the model, chance by seed, and bad figures. */
import { describe, expect, it } from 'vitest';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import type { SimulatedRank } from '../../../kernel-runtime/src/mathematics/simulate/rank.js';
import type { LinkOptions } from '../../../kernel-runtime/src/mathematics/graph/link.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';

type Program = (c: SimulatedRank) => Promise<unknown>;

/** 1000 bytes a ms, 3 ms on the way. */
const link = { bandwidth: 8e6, latency: 3 };
const BYTES = 4000;
const value = (): Float64Array => new Float64Array(BYTES / 8);
const directed = (n: number): ReturnType<typeof ringGraph> => ringGraph(n, { connectStyle: 1 });

async function timesOf(program: Program, options: LinkOptions, n = 4): Promise<number[]> {
  const { time } = await simulate({ topology: directed(n), link: options }, program);
  return [...time.ranks];
}

const average: Program = c => c.neighborAllreduce(value());
const total: Program = c => c.allreduce(value());

describe('simulated time', () => {
  it.each<[string, Program, LinkOptions, number]>([
    ['one message: latency and transfer', average, link, 3 + 4],
    ['no link: nothing', average, {}, 0],
    ['unlimited bandwidth: latency', average, { latency: 3 }, 3],
    ['an overhead a call', average, { ...link, overhead: 10 }, 17],
    ['a stated payload', average, { ...link, payload: 20_000 }, 23],
    ['a ring all-reduce: 2 (n − 1) steps', total, { ...link, allreduce: 'ring' }, 6 * (3 + 1)],
    ['a direct all-reduce: two rounds', total, link, 2 * (3 + 3 * 1)],
    ['in two buckets', total, { ...link, allreduce: 'ring', bucket: 2000 }, 2 * 6 * 3.5],
    ['a barrier: log2 n latencies', c => c.barrier(), link, 2 * 3],
    ['a broadcast: two levels of a tree', c => c.broadcast(value(), 0), link, 2 * (4 + 3)]
  ])('of %s', async (_, program, options, expected) => {
    const times = await timesOf(program, options);
    expect(Math.max(...times)).toBeCloseTo(expected, 9);
  });

  it('has the messages of a node share its one card, out and in', async () => {
    const n = 5;
    const { time } = await simulate({ topology: ringGraph(n), link }, average);
    for (const ms of time.ranks) expect(ms).toBeCloseTo(4 + 3 + 4, 9);
    expect([...time.bytes]).toEqual(Array(n).fill(2 * BYTES));
  });

  it('has a later call wait until the card has sent the one before', async () => {
    const twice: Program = c =>
      Promise.all(
        [1, 2].map(to =>
          c.neighborAllreduce(value(), {
            selfWeight: 1,
            srcWeights: c.rank === to ? { 0: 1 } : {},
            dstWeights: c.rank === 0 ? [to] : [],
            enableTopoCheck: false
          })
        )
      );
    expect(await timesOf(twice, link, 3)).toEqual([4 + 4, 3 + 4, 4 + 3 + 4]);
  });

  it('has a node take in one after the other what many send to it', async () => {
    const inward = topologyFromWeights('inward', [
      [0.25, 0.25, 0.25, 0.25],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1]
    ]);
    const { time } = await simulate({ topology: inward, link }, average);
    expect([...time.ranks]).toEqual([3 + 3 * 4, 4, 4, 4]);
  });

  it('lets computing and transfers overlap, and counts what was declared', async () => {
    const { time } = await simulate({ topology: directed(4), link }, async c => {
      const averaging = c.neighborAllreduce(value());
      c.compute(5);
      await averaging;
      expect(c.now()).toBeCloseTo(7, 9);
      c.compute(2);
      return average(c);
    });
    expect(time.total).toBeCloseTo(7 + 2 + 7, 9);
    expect([...time.computing]).toEqual([7, 7, 7, 7]);
  });

  it('measures the computing that it is given', async () => {
    const results = await simulate(2, async c => c.compute(() => c.rank + 40));
    expect([...results]).toEqual([40, 41]);
    expect(results.time.total).toBeGreaterThan(0);
  });

  it.each<[string, LinkOptions, number[]]>([
    [
      'a slow node, and the one that hears it',
      { straggler: { rank: 1, slowdown: 3 } },
      [15, 15, 7, 7]
    ],
    [
      'a slow edge, for its sender too',
      { edges: [{ from: 1, to: 0, bandwidth: 4e6 }] },
      [11, 8, 7, 7]
    ],
    ['a far edge', { edges: [{ from: 1, to: 0, latency: 9 }] }, [13, 7, 7, 7]]
  ])('of %s', async (_, special, expected) => {
    const times = await timesOf(average, { ...link, ...special });
    times.forEach((ms, rank) => expect(ms).toBeCloseTo(expected[rank], 9));
  });

  it('delays neighbours of a slow node later, step by step', async () => {
    const times = await timesOf(
      async c => {
        c.compute(10);
        for (let k = 0; k < 2; k++) await average(c);
      },
      { ...link, straggler: { rank: 0, slowdown: 2 } },
      5
    );
    expect(times[1]).toBeCloseTo(10 + 7 + 7, 9);
    expect(times[3]).toBeGreaterThan(times[1]);
  });

  it('repeats chance by seed', async () => {
    const run = (seed: number): Promise<number[]> => {
      const straggler = { slowdown: 4, probability: 0.3 };
      return timesOf(
        async c => {
          for (let k = 0; k < 20; k++) await average(c);
        },
        { ...link, seed, straggler }
      );
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it('does not depend on who is run first by this process', async () => {
    const hurried: Program = async c => {
      for (let k = 0; k < 5; k++) {
        c.compute(1 + ((c.rank * 7 + k) % 3));
        await average(c);
      }
    };
    const dawdling: Program = async c => {
      for (let turns = 0; turns < 4 - c.rank; turns++) await Promise.resolve();
      return hurried(c);
    };
    expect(await timesOf(dawdling, link)).toEqual(await timesOf(hurried, link));
  });

  it.each<[string, LinkOptions]>([
    ['latency', { latency: NaN }],
    ['latency', { latency: -1 }],
    ['bandwidth', { bandwidth: 0 }],
    ['bandwidth', { bandwidth: NaN }],
    ['bucket', { bucket: 0 }],
    ['payload', { payload: NaN }],
    ['allreduce', { allreduce: 'tree' as 'ring' }],
    ['straggler, rank', { straggler: { rank: 4, slowdown: 2 } }],
    ['straggler, slowdown', { straggler: { slowdown: NaN } }],
    ['straggler, probability', { straggler: { slowdown: 2, probability: 2 } }],
    ['edges, from', { edges: [{ from: -1, to: 0 }] }],
    ['edges, latency', { edges: [{ from: 0, to: 1, latency: Infinity }] }]
  ])('refuses a %s that is none', async (what, options) => {
    await expect(timesOf(average, options)).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      message: expect.stringContaining(`link, ${what}`)
    });
  });
});
