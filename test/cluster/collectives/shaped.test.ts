import { describe, expect, it } from 'vitest';
import { Cluster } from '../../../kernel-runtime/src/cluster/client/cluster.js';
import { Shaper } from '../../../kernel-runtime/src/cluster/collectives/shaper.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import type { LinkShape } from '../../../kernel-runtime/src/mathematics/graph/link.js';
import { Ranks } from './ranks.js';

/** 1000 bytes a ms, 3 ms on the way. */
const shape = { bandwidth: 8e6, latency: 3 };

describe('a card', () => {
  type Sent = [to: number, bytes: number, now: number, arrival: number];
  it.each<[string, LinkShape, Sent[]]>([
    ['takes latency and transfer', shape, [[1, 4000, 0, 7]]],
    [
      'is shared by the messages of a call',
      shape,
      [
        [1, 4000, 0, 7],
        [2, 4000, 0, 11],
        [1, 1000, 2, 12]
      ]
    ],
    [
      'saves up nothing while it is idle',
      shape,
      [
        [1, 4000, 0, 7],
        [1, 4000, 100, 107]
      ]
    ],
    ['costs nothing by default', {}, [[1, 1e9, 5, 5]]],
    [
      'of a straggler is slower',
      { ...shape, straggler: { rank: 0, slowdown: 3 } },
      [[1, 4000, 0, 15]]
    ],
    [
      'of another straggler is not',
      { ...shape, straggler: { rank: 1, slowdown: 3 } },
      [[1, 4000, 0, 7]]
    ],
    [
      'may have slower edges',
      { ...shape, edges: [{ from: 0, to: 2, bandwidth: 4e6, latency: 50 }] },
      [
        [2, 4000, 0, 58],
        [1, 1000, 0, 12]
      ]
    ]
  ])('%s', (_, given, messages) => {
    const shaper = new Shaper({ rank: 0, size: 3, shape: given });
    for (const [to, bytes, now, arrival] of messages) {
      expect(shaper.send(to, bytes, now)).toBeCloseTo(arrival, 9);
    }
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

describe('shaped links', { timeout: 20_000 }, () => {
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
