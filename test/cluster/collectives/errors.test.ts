import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { EngineCommunicator } from '../../../kernel-runtime/src/cluster/collectives/engine-communicator.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import {
  fullyConnectedGraph,
  starGraph
} from '../../../kernel-runtime/src/mathematics/graph/grids.js';
import { Addresses } from '../../../kernel-runtime/src/cluster/collectives/addresses.js';
import { Links } from '../../../kernel-runtime/src/cluster/net/links/links.js';
import type { Message } from '../../../kernel-runtime/src/cluster/net/links/types.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import { serveWebsockets } from '../../../kernel-runtime/src/cluster/net/websocket.js';
import { Ranks } from './ranks.js';

const heavyRing = topologyFromWeights(
  'ring',
  ringGraph(4)
    .W.toRows()
    .map((row, i) => row.map((w, j) => (i === j ? 0.5 : w && 0.25)))
);

/** What rank 1 sends in an exchange of numbers. */
const messageOf = (epoch: number, x: number): Message => ({
  ...{ epoch, era: 0, stream: 0, number: 0 },
  words: JSON.stringify({
    ...{ op: 'neighborAllreduce', signature: 'float64[]' },
    arrays: [['float64', 1]]
  }),
  payload: [new Uint8Array(Float64Array.of(x).buffer)]
});

type Program = (c: EngineCommunicator) => Promise<unknown>;
const isOdd = (c: EngineCommunicator): boolean => c.rank === 2;

describe('a disagreement', () => {
  it.each<[string, Program, RegExp]>([
    [
      'on a shape',
      c => c.neighborAllreduce(new Float64Array(isOdd(c) ? 3 : 2)),
      /float64\[3\].*float64\[2\]|float64\[2\].*float64\[3\]/
    ],
    [
      'on a type',
      c => c.neighborAllreduce(isOdd(c) ? Float32Array.of(1) : Float64Array.of(1)),
      /float32\[1\]/
    ],
    [
      'on the keys of a record',
      c => c.neighborAllreduce<Record<string, number>>(isOdd(c) ? { a: 1 } : { b: 1 }),
      /\{a: float64\[\]\}/
    ],
    ['on the operation', c => (isOdd(c) ? c.allreduce(1) : c.neighborAllreduce(1)), /allreduce \(/],
    [
      'on a named operation',
      c => (isOdd(c) ? c.allreduce(1, { name: 'x' }) : c.neighborAllreduce(1, { name: 'x' })),
      /allreduce \(/
    ],
    ['on barrier and exchange', c => (isOdd(c) ? c.barrier() : c.neighborAllreduce(1)), /barrier/],
    ['on barrier and broadcast', c => (c.rank === 1 ? c.broadcast(1, 3) : c.barrier()), /barrier/],
    ['on average and sum', c => c.allreduce(1, { average: isOdd(c) }), /\(sum\)/],
    ['on the root', c => c.broadcast(1, isOdd(c) ? 1 : 0), /from rank 1/],
    ['on the shape of a broadcast', c => c.broadcast(isOdd(c) ? [1] : 1, 0), /\[float64\[\]\]/],
    ['on the shape of an allreduce', c => c.allreduce(isOdd(c) ? [1] : 1), /\[float64\[\]\]/],
    [
      'on static and dynamic',
      c =>
        c.neighborAllreduce(1, isOdd(c) ? { selfWeight: 1, srcWeights: {}, dstWeights: [] } : {}),
      /dstWeights/
    ]
  ])('%s has the same text on all ranks, and the next call works', async (_, program, words) => {
    const ranks = await Ranks.start(4);
    const seen = await ranks.run(async c => {
      await program(c);
      // Whoever has finished hears of it at the next call.
      return c.barrier();
    });
    expect(new Set(seen.map(String)).size).toBe(1);
    expect(seen[0]).toMatchObject({
      code: 'DISAGREEMENT',
      message: expect.stringMatching(words)
    });
    expect(String(seen[0])).toContain('rank ');
    expect(await ranks.run(c => c.allreduce(c.rank))).toEqual(Array(4).fill(1.5));
    expect(await Promise.all(ranks.all.map(c => c.waiting()))).toEqual(Array(4).fill(null));
    ranks.stop();
  });

  it.each([0, 1, 2, 3])('on the topology is found when rank %i has another', async odd => {
    const pairs = [
      [ringGraph(4, { connectStyle: 1 }), ringGraph(4, { connectStyle: 2 })],
      [ringGraph(4, { connectStyle: 2 }), starGraph(4)],
      [starGraph(4), ringGraph(4)],
      // The same name and edges, other weights.
      [ringGraph(4), heavyRing]
    ];
    for (const [usual, other] of pairs) {
      const ranks = await Ranks.start(4);
      const seen = await ranks.run(async c => {
        c.setTopology(usual);
        await c.neighborAllreduce(1);
        if (c.rank === odd) c.setTopology(other);
        await c.neighborAllreduce(1);
        return c.barrier();
      });
      for (const error of seen) expect(error).toMatchObject({ code: 'DISAGREEMENT' });
      ranks.stop();
    }
  });

  it('in one epoch does not meet the frames of the next', async () => {
    const ranks = await Ranks.start(3);
    for (let k = 0; k < 5; k++) {
      const seen = await ranks.run(c =>
        c.neighborAllreduce(new Float64Array(c.rank === k % 3 ? 2 : 1))
      );
      expect(seen.map(error => (error as { code?: string }).code)).toContain('DISAGREEMENT');
      expect(await ranks.run(c => c.allreduce(k))).toEqual([k, k, k]);
    }
    ranks.stop();
  });
});

describe('a new epoch', () => {
  it('keeps the frames of ranks that have opened it earlier, and drops those of an older one', async () => {
    const ranks = await Ranks.start(2);
    const { token, folder } = ranks;
    await ranks.all[1].close();
    const peer = new Links<string>({
      ...{ rank: 1, size: 2, token, addressOf: rank => new Addresses({ rank, folder }).own },
      ...{ parseWords: text => text, onArrival: () => undefined },
      ...{ onSignal: () => undefined, onLost: () => undefined }
    });
    await peer.listen();
    const [zero] = ranks.all;
    zero.openEpoch(3);
    const hear = (): Promise<number> =>
      zero.neighborAllreduce(0, {
        ...{ selfWeight: 0, srcWeights: { 1: 1 }, dstWeights: [] },
        enableTopoCheck: false
      });
    for (const [epoch, x] of [
      [4, 40],
      [2, 20],
      [3, 30]
    ]) {
      await peer.send(0, messageOf(epoch, x));
    }
    // The links keep their order: when the last message is here, the first was.
    expect(await hear()).toBe(30);
    const pending = hear();
    zero.openEpoch(4, { code: 'INTERRUPTED', detail: {} });
    await expect(pending).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await hear()).toBe(40);
    peer.close();
    ranks.stop();
  });

  it('may do without a rank: the calls of all ranks go through the others', async () => {
    const ranks = await Ranks.start(4);
    const here = [0, 2, 3].map(rank => ranks.all[rank]);
    for (const c of here) c.openEpoch(1, null, { lost: [1], absent: [1] });
    const program = async (c: EngineCommunicator): Promise<unknown> => {
      const next = { 0: 2, 2: 3, 3: 0 }[c.rank as 0];
      const before = { 0: 3, 2: 0, 3: 2 }[c.rank as 0];
      const weights = { selfWeight: 0, srcWeights: { [before]: 1 }, dstWeights: [next] };
      await c.barrier();
      const x = Float64Array.of(c.rank, 1, 2, 3, 4);
      return [
        (await c.allreduce(x, { average: false }))[0],
        await c.allreduce(c.rank),
        await c.broadcast(c.rank, 3),
        await c.neighborAllreduce(c.rank, weights)
      ];
    };
    const seen = await Promise.all(here.map(program));
    expect(seen).toEqual([3, 0, 2].map(heard => [5, 5 / 3, 3, heard]));
    ranks.stop();
  });

  it('is owed to the next call of a cell that has made none yet, and to no later cell', async () => {
    const ranks = await Ranks.start(2);
    const inTheMiddle = await ranks.run(async c => {
      if (c.rank === 0) ranks.openEpoch({ code: 'INTERRUPTED', detail: {} });
      await new Promise(setImmediate);
      return c.allreduce(1);
    });
    expect(inTheMiddle).toMatchObject([{ code: 'INTERRUPTED' }, { code: 'INTERRUPTED' }]);
    await ranks.run(async () => ranks.openEpoch({ code: 'INTERRUPTED', detail: {} }));
    expect(await ranks.run(c => c.allreduce(c.rank))).toEqual([0.5, 0.5]);
    ranks.stop();
  });

  it('is not opened by an older number', async () => {
    const ranks = await Ranks.start(2);
    for (const c of ranks.all) c.openEpoch(4);
    const [one, two] = ranks.all;
    const call = one.allreduce(1);
    one.openEpoch(3, { code: 'INTERRUPTED', detail: {} });
    expect(await Promise.all([call, two.allreduce(3)])).toEqual([2, 2]);
    ranks.stop();
  });
});

describe('a time limit', () => {
  it('names the call, the rank and the limit', async () => {
    const ranks = await Ranks.start(2);
    const error = await ranks.all[0].allreduce(1, { timeout: 20 }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'CALL_TIMEOUT' });
    expect(String(error)).toMatch(/allreduce .*rank 1 after 20 ms/);
    expect(await ranks.all[0].waiting()).toBeNull();
    ranks.stop();
  });
});

describe('a peer', () => {
  it('that failed rejects those who wait for it, and no others', async () => {
    const ranks = await Ranks.start(4);
    const pairs = ([0, 1, 2, 3] as const).map(rank => rank ^ 1);
    await ranks.run(c => c.barrier());
    const seen = ranks.run(async c => {
      if (c.rank === 1) {
        for (const other of ranks.all) if (other !== c) other.peerFailed(1, 'TypeError: no x');
        return 'failed';
      }
      const other = pairs[c.rank];
      const weights = { selfWeight: 0, srcWeights: { [other]: 1 }, dstWeights: [other] };
      return c.neighborAllreduce(c.rank, { ...weights, enableTopoCheck: false });
    });
    const outcomes = await seen;
    expect(outcomes[0]).toMatchObject({ code: 'PEER_FAILED' });
    expect(String(outcomes[0])).toContain('rank 1, which ended: TypeError: no x');
    expect(outcomes.slice(1)).toEqual(['failed', 3, 2]);
    ranks.stop();
  });

  it('that is lost rejects the calls that need it; the others finish', async () => {
    const ranks = await Ranks.start(4);
    await ranks.run(c => c.barrier());
    const pair = (c: EngineCommunicator): Promise<number> => {
      const other = c.rank ^ 1;
      return c.neighborAllreduce(c.rank, {
        selfWeight: 0,
        srcWeights: { [other]: 1 },
        dstWeights: [other],
        enableTopoCheck: false
      });
    };
    const waiting = pair(ranks.all[0]).catch((error: unknown) => error);
    await ranks.all[1].close();
    const seen = await Promise.all([waiting, pair(ranks.all[2]), pair(ranks.all[3])]);
    expect(seen[0]).toMatchObject({ code: 'PEER_LOST', detail: { rank: 1 } });
    expect(seen.slice(1)).toEqual([3, 2]);
    ranks.stop();
  });

  it('that is lost is named by every call of all ranks', async () => {
    const ranks = await Ranks.start(3);
    for (const c of ranks.all) c.setTopology(fullyConnectedGraph(3));
    for (const c of ranks.all.slice(0, 2)) c.peerLost(2);
    const calls: Program[] = [
      c => c.allreduce(1),
      c => c.broadcast(1, 2),
      c => c.barrier(),
      c => c.neighborAllreduce(1)
    ];
    for (const call of calls) {
      const [zero, one] = ranks.all;
      const errors = await Promise.all([zero, one].map(c => call(c).catch((e: unknown) => e)));
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'PEER_LOST', detail: { rank: 2 } });
      }
      ranks.openEpoch();
      for (const c of [zero, one]) c.peerLost(2);
    }
    ranks.stop();
  });

  it('that sends no frames loses its link; the others finish, and the next epoch works', async () => {
    const ranks = await Ranks.start(3);
    const { token, folder } = ranks;
    await ranks.all[1].close();
    const listener = await serveWebsockets({
      ...{ token, maxPayload: 1000, address: new Addresses({ rank: 1, folder }).own },
      onSocket: socket => socket.send('no frame')
    });
    const [zero, , two] = ranks.all;
    const from = (c: EngineCommunicator, other: number): Promise<number> =>
      c.neighborAllreduce(c.rank, {
        ...{ selfWeight: 0, srcWeights: { [other]: 1 }, dstWeights: other === 1 ? [] : [other] },
        enableTopoCheck: false
      });
    for (let k = 0; k < 2; k++) {
      await expect(from(zero, 1)).rejects.toMatchObject({
        code: 'LINK_ENDED',
        message: expect.stringContaining('rank 1 has ended (Expected a tensor frame')
      });
      expect(await Promise.all([from(zero, 2), from(two, 0)])).toEqual([2, 0]);
    }
    listener.close();
    ranks.all[1] = ranks.create(1, 3);
    await ranks.all[1].listen();
    ranks.openEpoch();
    expect(await ranks.run(c => c.allreduce(c.rank))).toEqual([1, 1, 1]);
    ranks.stop();
  });

  it.each([
    ['cannot be dialled', () => Promise.resolve({ port: 0, close: () => undefined })],
    ['does not answer a dial', listenInSilence]
  ])('that %s gets nothing, whatever was meant for it: it need not wait', async (_, door) => {
    const host = '127.0.0.1';
    const { port, close } = await door();
    const ranks = await Ranks.start(3, { host, heartbeat: 500 });
    const [zero] = ranks.all;
    zero.learnPlaces([{ rank: 1, host, port }]);
    zero.beginCell();
    await expect(zero.allreduce(1)).rejects.toMatchObject({
      code: 'PEER_LOST',
      detail: { rank: 1 }
    });
    const [, toOne, toTwo] = await zero.sent();
    expect(toOne).toBe(0);
    expect(toTwo).toBeGreaterThan(0);
    ranks.stop();
    close();
  });

  it('that was replaced listens at the same place, and the next epoch works', async () => {
    const ranks = await Ranks.start(3);
    await ranks.run(c => c.allreduce(c.rank));
    await ranks.all[1].close();
    await ranks.untilHeard('peer-lost', 2);
    ranks.all[1] = ranks.create(1, 3);
    await ranks.all[1].listen();
    ranks.openEpoch();
    expect(await ranks.run(c => c.allreduce(c.rank))).toEqual([1, 1, 1]);
    ranks.stop();
  });
});

/** A process that takes connections and says nothing. */
async function listenInSilence(): Promise<{ port: number; close: () => void }> {
  const sockets: Socket[] = [];
  const server = createServer(socket => void sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}
