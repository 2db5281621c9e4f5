import { describe, expect, it } from 'vitest';
import { Cluster } from '../../../kernel-runtime/src/cluster/client/cluster.js';
import { Shaper } from '../../../kernel-runtime/src/cluster/collectives/shaper.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import type { LinkShape } from '../../../kernel-runtime/src/mathematics/graph/link.js';
import { Ranks } from './ranks.js';

/** 1000 bytes a ms, 3 ms on the way. */
const shape = { bandwidth: 8e6, latency: 3 };

describe('what a rank sees of the network', () => {
  it.each<[string, LinkShape, { card: number; to: object; from: object }]>([
    [
      'is its card and the latency',
      shape,
      { card: 1e-3, to: { msPerByte: 0, latency: 3 }, from: { msPerByte: 0, latency: 3 } }
    ],
    [
      'costs nothing by default',
      {},
      { card: 0, to: { msPerByte: 0, latency: 0 }, from: { msPerByte: 0, latency: 0 } }
    ],
    [
      'is slower for a straggler',
      { bandwidth: 8e6, straggler: { rank: 0, slowdown: 3 } },
      { card: 3e-3, to: { msPerByte: 0, latency: 0 }, from: { msPerByte: 0, latency: 0 } }
    ],
    [
      'may have edges that are slower, or farther',
      {
        ...{ bandwidth: 8e6, straggler: { rank: 1, slowdown: 3 } },
        edges: [
          { from: 0, to: 2, bandwidth: 4e6, latency: 50 },
          { from: 2, to: 0, bandwidth: 16e6 }
        ]
      },
      { card: 1e-3, to: { msPerByte: 2e-3, latency: 50 }, from: { msPerByte: 0, latency: 0 } }
    ]
  ])('%s', (_, given, { card, to, from }) => {
    const shaper = new Shaper({ rank: 0, size: 3, shape: given });
    expect(shaper.cardTime()).toBeCloseTo(card, 12);
    expect(shaper.to(2)).toEqual(to);
    expect(shaper.from(2)).toEqual(from);
  });

  it('draws anew in each call whether a straggler is slow, by its seed', () => {
    const straggler = { rank: 0, slowdown: 3, probability: 0.5 };
    const times = (seed: number): boolean[] => {
      const shaper = new Shaper({ rank: 0, size: 2, shape: { bandwidth: 8e6, straggler, seed } });
      return Array.from({ length: 20 }, () => {
        shaper.beginCall();
        return shaper.cardTime() > 2e-3;
      });
    };
    expect(new Set(times(1)).size).toBe(2);
    expect(times(1)).toEqual(times(1));
    expect(times(1)).not.toEqual(times(2));
  });
});

describe('Cluster.start', () => {
  it.each<[string, object]>([
    ['bandwidth: expected a number > 0', { bandwidth: 0 }],
    ['bandwidth: expected a number > 0', { bandwidth: NaN }],
    ['latency: expected a finite number >= 0', { latency: -1 }],
    ['straggler, rank: expected a rank from 0 to 1', { straggler: { rank: 2, slowdown: 2 } }],
    ['straggler, slowdown', { straggler: { slowdown: 0 } }],
    ['edges, to: expected a rank', { edges: [{ from: 0, to: 7 }] }],
    ['of a cluster: expected bandwidth, latency', { payload: 3 }]
  ])('refuses a link with a wrong %s', async (words, link) => {
    await expect(Cluster.start({ engines: 2, link })).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      message: expect.stringContaining(`link, ${words}`)
    });
  });
});

describe('shaped links', () => {
  it('give the same values, no sooner than the network would', async () => {
    const slow = await Ranks.start(3, { shape: { bandwidth: 8e6, latency: 5 } });
    const quick = await Ranks.start(3);
    const program = async (c: (typeof slow.all)[number]): Promise<unknown> => {
      c.setTopology(ringGraph(3));
      const x = new Float64Array(1250).fill(c.rank / 3);
      const [first, named] = await Promise.all([
        c.neighborAllreduce(x),
        c.allreduce([c.rank, Float32Array.of(c.rank)], { name: 'a' })
      ]);
      await c.barrier();
      return [first, named, await c.broadcast(c.rank, 2)];
    };
    const began = performance.now();
    const seen = await slow.run(program);
    // The two messages of 10,000 bytes alone keep a card for 20 ms, and are 5 ms on the way.
    expect(performance.now() - began).toBeGreaterThan(24.9);
    expect(seen).toEqual(await quick.run(program));
    slow.stop();
    quick.stop();
  });

  it('forget what was on its way when an epoch ends', async () => {
    const ranks = await Ranks.start(2, { shape: { latency: 100 } });
    const weights = (other: number) => ({
      ...{ selfWeight: 0, srcWeights: { [other]: 1 }, dstWeights: [other] },
      enableTopoCheck: false
    });
    const pending = ranks.run(c => c.neighborAllreduce(c.rank + 10, weights(1 - c.rank)));
    await new Promise(resolve => setImmediate(resolve));
    ranks.openEpoch({ code: 'INTERRUPTED', detail: {} });
    for (const error of await pending) expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect(await ranks.run(c => c.neighborAllreduce(c.rank, weights(1 - c.rank)))).toEqual([1, 0]);
    ranks.stop();
  });
});
