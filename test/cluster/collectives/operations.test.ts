/** What the contract of all operations cannot say in a table: suspended ranks, tensors, machines, absent ranks. */
import { describe, expect, it } from 'vitest';

import { Cluster } from '../../../kernel-runtime/src/cluster/client/cluster.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { loadTensorflow } from '../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { Ranks } from './ranks.js';

describe('a suspended rank', () => {
  it('says what waits, for itself, and an interrupt ends it', async () => {
    const ranks = await Ranks.start(2);
    const [zero, one] = ranks.all;
    zero.suspend();
    const calls = [zero.allreduce(1, { name: 'loss' }), zero.barrier()];
    const ends = Promise.all(calls.map(call => call.catch((error: unknown) => error)));
    expect(await zero.waiting()).toMatchObject({
      op: 'allreduce (suspended until resume())',
      name: 'loss',
      on: [0]
    });
    ranks.openEpoch({ code: 'INTERRUPTED', detail: {} });
    for (const error of await ends) expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect(await zero.waiting()).toBeNull();
    zero.resume();
    expect(await Promise.all([zero.allreduce(1), one.allreduce(3)])).toEqual([2, 2]);
    ranks.stop();
  });

  it('lets what has begun go on, and refuses what waits when it is shut down', async () => {
    const ranks = await Ranks.start(2);
    const [zero, one] = ranks.all;
    const begun = zero.allreduce(1);
    zero.suspend();
    const held = zero.allreduce(5).catch((error: unknown) => error);
    expect(await Promise.all([begun, one.allreduce(3)])).toEqual([2, 2]);
    zero.shutdown();
    expect(await held).toMatchObject({ code: 'SHUT_DOWN' });
    ranks.stop();
  });

  it('is what a simulation that stands still names', async () => {
    const run = simulate(2, async c => {
      if (c.rank === 1) c.suspend();
      await c.allreduce(1, { name: 'loss' });
    });
    await expect(run).rejects.toMatchObject({
      code: 'DEADLOCK',
      message: expect.stringContaining(
        'rank 1 waits in allreduce named "loss" for its own resume()'
      )
    });
  });
});

describe('tensors', () => {
  it('are gathered along their first dimension, averaged compressed, and broadcast as parameters', async () => {
    const tf = await loadTensorflow();
    const ranks = await Ranks.start(3);
    const tensors = [1, 2, 3].map(rows => tf.fill([rows, 2, 2], rows));
    const seen = await ranks.run(async c => {
      const all = await c.allgather(tensors[c.rank]);
      const near = await c.neighborAllgather(
        { t: tensors[c.rank] },
        { srcRanks: [], dstRanks: [] }
      );
      const mean = await c.neighborAllreduce(tf.fill([2], c.rank), { compression: 'bf16' });
      const { w } = await c.broadcastParameters({ w: tf.fill([2], c.rank) }, 2);
      return [all.shape, [...(await all.data())], near.t.shape, await mean.data(), await w.data()];
    });
    const entries = [1, 2, 3].flatMap(rows => Array<number>(4 * rows).fill(rows));
    for (const result of seen) {
      const [one, two] = [Float32Array.of(1, 1), Float32Array.of(2, 2)];
      expect(result).toEqual([[6, 2, 2], entries, [0, 2, 2], one, two]);
    }
    tf.dispose(tensors);
    ranks.stop();
  });
});

describe('machines', () => {
  it.each([3, 0, -2, 1.5, NaN])('of %s ranks do not divide four', async nodesPerMachine => {
    const refused = { code: 'VALUE_INVALID', message: expect.stringContaining('nodesPerMachine') };
    await expect(Cluster.start({ engines: 4, nodesPerMachine })).rejects.toMatchObject(refused);
    const run = simulate({ nodes: 4, nodesPerMachine }, async c => c.rank);
    await expect(run).rejects.toMatchObject(refused);
  });

  it('take simulated time for the average inside, the messages between and the way down', async () => {
    const link = { latency: 2, bandwidth: 0.064 };
    const given = { nodes: 4, nodesPerMachine: 2, link };
    const { time } = await simulate(given, async c => {
      c.setMachineTopology(ringGraph(2));
      await c.hierarchicalNeighborAllreduce(new Float64Array(100));
    });
    const inside = await simulate({ ...given, nodes: 2 }, c => c.allreduce(new Float64Array(100)));
    const down = await simulate({ ...given, nodes: 2 }, c => c.broadcast(new Float64Array(100), 0));
    const between = await simulate({ nodes: 2, topology: ringGraph(2), link }, c =>
      c.neighborAllreduce(new Float64Array(100))
    );
    expect(time.total).toBeCloseTo(inside.time.total + between.time.total + down.time.total, 9);
  });

  it('go around ranks that are absent', async () => {
    const ranks = await Ranks.start(4, { nodesPerMachine: 2 });
    for (const c of ranks.all) c.openEpoch(1, null, { lost: [2], absent: [2] });
    const left = ranks.all.filter(({ rank }) => rank !== 2);
    const seen = await Promise.all(
      left.map(async c => {
        c.setMachineTopology(ringGraph(2));
        return [
          await c.allreduce(c.rank, { isHierarchicalLocal: true }),
          await c.hierarchicalNeighborAllreduce(c.rank),
          await c.allgather(Float64Array.of(c.rank)),
          await c
            .neighborAllgather(Float64Array.of(1), { srcRanks: [2], dstRanks: [] })
            .catch((error: { code: string }) => error.code)
        ];
      })
    );
    const all = Float64Array.of(0, 1, 3);
    expect(seen).toEqual([
      [0.5, 1.75, all, 'RANK_ABSENT'],
      [0.5, 1.75, all, 'RANK_ABSENT'],
      [3, 1.75, all, 'RANK_ABSENT']
    ]);
    ranks.stop();
  });
});
