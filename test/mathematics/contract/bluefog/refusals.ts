/** What is refused or held back, each with a named error. */
import type {
  CallOptions,
  Value
} from '../../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import type { Case } from './case.js';

const refused = (...words: string[]): unknown => ({ code: 'VALUE_INVALID', words });
const four = [4];

export const refusals: readonly Case[] = [
  {
    title: 'selfWeight without srcWeights, srcWeights without selfWeight, dstWeights alone',
    program: async (c, { outcomeOf }) => [
      await outcomeOf(() => c.neighborAllreduce(1, { selfWeight: 1 })),
      await outcomeOf(() => c.neighborAllreduce(1, { srcWeights: {} })),
      await outcomeOf(() => c.neighborAllreduce(1, { dstWeights: [] })),
      await outcomeOf(() => c.neighborAllgather(new Float64Array(1), { srcRanks: [] })),
      await outcomeOf(() => c.neighborAllgather(new Float64Array(1), { dstRanks: [] }))
    ],
    expected: () => [
      refused('both or neither'),
      refused('both or neither'),
      refused('dstWeights only'),
      refused('both or neither', 'srcRanks only'),
      refused('both or neither', 'dstRanks only')
    ]
  },
  {
    title: 'oneself, a rank that is none, and a rank named twice',
    program: async (c, { outcomeOf }) => {
      const exchange = (given: object) => () =>
        c.neighborAllreduce(1, { selfWeight: 1, srcWeights: {}, dstWeights: [], ...given });
      const other = (c.rank + 1) % c.size;
      return [
        await outcomeOf(exchange({ srcWeights: { [c.rank]: 1 } })),
        await outcomeOf(exchange({ dstWeights: [c.size] })),
        await outcomeOf(exchange({ dstWeights: [-1] })),
        await outcomeOf(exchange({ dstWeights: [0.5] })),
        await outcomeOf(exchange({ dstWeights: [other, other] })),
        await outcomeOf(exchange({ srcWeights: { [other]: NaN } })),
        await outcomeOf(exchange({ srcWeights: [0.5] })),
        await outcomeOf(exchange({ srcWeights: null })),
        await outcomeOf(exchange({ dstWeights: null })),
        await outcomeOf(exchange({ dstWeights: other })),
        await outcomeOf(() =>
          c.neighborAllgather(Int32Array.of(1), { srcRanks: other as never, dstRanks: [] })
        ),
        await outcomeOf(() =>
          c.neighborAllgather(Int32Array.of(1), { srcRanks: [c.rank], dstRanks: [] })
        ),
        await outcomeOf(() => c.pairGossip(1, c.size)),
        await outcomeOf(() => c.pairGossip(1, c.rank, { selfWeight: 1 })),
        await outcomeOf(() => c.broadcast(1, c.size)),
        await outcomeOf(() => c.broadcast(1, -1))
      ];
    },
    sizes: four,
    expected: () => [
      refused('srcWeights'),
      refused('dstWeights', 'received 4'),
      refused('received -1'),
      refused('received 0.5'),
      refused('twice'),
      refused('a finite number', 'NaN'),
      refused('srcWeights', 'a record'),
      refused('srcWeights', 'a record', 'null'),
      refused('dstWeights', 'a list of ranks', 'null'),
      refused('dstWeights', 'a list of ranks'),
      refused('srcRanks', 'a list of ranks'),
      refused('srcRanks'),
      refused('targetRank', '4'),
      refused('selfWeight only'),
      refused('rootRank', 'received 4'),
      refused('received -1')
    ]
  },
  {
    title: 'weights in what is no record, which would weigh nobody or somebody else',
    sizes: four,
    program: async (c, { outcomeOf }) => {
      const exchange = (given: object) =>
        outcomeOf(() => c.neighborAllreduce(1, { selfWeight: 1, srcWeights: {}, ...given }));
      return [
        await exchange({}),
        await exchange({ srcWeights: new Set([c.inNeighborRanks()[0]]) }),
        await exchange({ srcWeights: Float64Array.of(0.5, 0.5) }),
        await exchange({ dstWeights: new Set([c.outNeighborRanks()[0]]) }),
        await exchange({ dstWeights: Int32Array.of(c.outNeighborRanks()[0]) })
      ];
    },
    expected: () => [
      { message: 'resolved' },
      refused('srcWeights', 'a record', '[object Set]'),
      refused('srcWeights', 'a record', '0.5,0.5'),
      refused('dstWeights', 'a list of ranks', '[object Set]'),
      refused('dstWeights', 'a list of ranks')
    ]
  },
  {
    title: 'options that no operation knows, old ones among them, and what holds no options',
    program: async (c, { outcomeOf }) => {
      const none = null as never;
      return [
        await outcomeOf(() => c.neighborAllreduce(1, { selfweight: 0.5 } as never)),
        await outcomeOf(() => c.neighborAllreduce(1, { neighborWeights: {} } as never)),
        await outcomeOf(() => c.neighborAllreduce(1, { sendNeighbors: [] } as never)),
        await outcomeOf(() => c.neighborAllreduce(1, 0.5 as never)),
        await outcomeOf(() => c.allreduce(1, none)),
        await outcomeOf(() => c.broadcast(1, 0, none)),
        await outcomeOf(() => c.barrier(none)),
        await outcomeOf(() => c.allgather(Int32Array.of(1), none)),
        await outcomeOf(() => c.neighborAllgather(Int32Array.of(1), { ranks: [] } as never)),
        await outcomeOf(() => c.pairGossip(1, c.rank, none)),
        await outcomeOf(() => c.hierarchicalNeighborAllreduce(1, none)),
        await outcomeOf(() => c.setTopology(null, { weighted: false } as never)),
        await outcomeOf(() => c.winCreate(1, 'w', none)),
        await outcomeOf(() => c.winMutex('w', (() => 1) as never))
      ];
    },
    expected: () => [
      refused('neighborAllreduce, options: expected selfWeight, srcWeights', 'selfweight'),
      refused('received neighborWeights'),
      refused('received sendNeighbors'),
      refused('neighborAllreduce, options: expected a record', '0.5 (number)'),
      refused('allreduce, options', 'null'),
      refused('broadcast, options', 'null'),
      refused('barrier, options', 'null'),
      refused('allgather, options', 'null'),
      refused('neighborAllgather, options: expected srcRanks', 'received ranks'),
      refused('pairGossip, options', 'null'),
      refused('hierarchicalNeighborAllreduce, options', 'null'),
      refused('setTopology, options: expected isWeighted, received weighted'),
      refused('winCreate, options', 'null'),
      refused('winMutex, options', 'a function')
    ]
  },
  {
    title: 'switches that are neither true nor false, and names that no message should carry',
    program: async (c, { outcomeOf }) => {
      const named = (name: unknown) => outcomeOf(() => c.barrier({ name } as never));
      const long = 'x'.repeat(3_000_000);
      return [
        await outcomeOf(() => c.allreduce(1, { average: 'no' } as never)),
        await outcomeOf(() => c.allreduce(1, { isHierarchicalLocal: 1 } as never)),
        await outcomeOf(() => c.neighborAllreduce(1, { enableTopoCheck: 'false' } as never)),
        await outcomeOf(() => c.winCreate(1, 'w', { zeroInit: 'no' } as never)),
        await named(5),
        await named(null),
        await named(''),
        await named(long),
        await outcomeOf(() => c.winCreate(1, long)),
        c.getCurrentCreatedWindowNames(),
        await named('x'.repeat(1000))
      ];
    },
    expected: () => [
      refused('allreduce, average: expected true or false', 'no (string)'),
      refused('isHierarchicalLocal', '1 (number)'),
      refused('enableTopoCheck', 'false (string)'),
      refused('winCreate, zeroInit', 'no (string)'),
      refused('barrier, name: expected a text', '5 (number)'),
      refused('name', 'null'),
      refused('0 characters'),
      refused('3000000 characters'),
      refused('winCreate, the name', '3000000 characters'),
      [],
      { message: 'resolved' }
    ]
  },
  {
    title: 'a source that is no in-neighbour',
    sizes: four,
    program: (c, { outcomeOf, ringGraph }) => {
      c.setTopology(ringGraph(c.size));
      const srcWeights = { [(c.rank + 2) % c.size]: 1 };
      return outcomeOf(() => c.neighborAllreduce(1, { selfWeight: 1, srcWeights }));
    },
    expected: rank => refused('in-neighbours', `received ${(rank + 2) % 4}`)
  },
  {
    title: 'values that cannot be exchanged, with their path',
    program: async (c, { outcomeOf }) => [
      await outcomeOf(() => {
        const a: Record<string, Value> = {};
        a['b'] = [1, { a }];
        return c.allreduce(a);
      }),
      await outcomeOf(() => {
        let deep: Value = 1;
        for (let k = 0; k < 100_000; k++) deep = [deep];
        return c.allreduce(deep);
      }),
      await outcomeOf(() => {
        const given = Float64Array.of(1, 2);
        structuredClone(given, { transfer: [given.buffer] });
        return c.allreduce({ given });
      }),
      await outcomeOf(() => c.allgather(Int32Array.of(1), { out: Int32Array.of(1) } as never)),
      await outcomeOf(() => c.neighborAllreduce('text' as never)),
      await outcomeOf(() => c.allreduce({ a: [1, { b: true }] } as never)),
      await outcomeOf(() => c.broadcast({ a: undefined } as never, 0)),
      await outcomeOf(() => c.allreduce(new Uint8Array(1) as never)),
      await outcomeOf(() => c.allgather(1)),
      await outcomeOf(() => c.neighborAllgather({ w: [Float64Array.of(1), 2] } as never)),
      await outcomeOf(() => c.broadcastParameters(Float64Array.of(1), 0)),
      await outcomeOf(() => c.allreduceParameters({ w: { rate: 0.1 } })),
      await outcomeOf(() => c.broadcastParameters({ name: 'w' } as never, 0)),
      await outcomeOf(() => c.broadcastOptimizerState(3, 0))
    ],
    expected: () => [
      refused('value.b[1].a', 'not lie in itself'),
      refused('at most 200 deep'),
      refused('value.given', 'whose memory was given away'),
      refused('out', 'gather'),
      refused('value', 'text'),
      refused('value.a[1].b', 'true'),
      refused('value.a', 'undefined'),
      refused('Uint8Array'),
      refused('value', 'first dimension', 'a single number'),
      refused('value.w[1]', 'a single number'),
      refused('broadcastParameters', 'Float64Array'),
      refused('allreduceParameters.w.rate', '0.1'),
      refused('value.name'),
      refused('broadcastOptimizerState', '3')
    ]
  },
  {
    title: 'time limits that are no times; Infinity, and what no timer can count, are no limit',
    sizes: four,
    program: async (c, { outcomeOf }) => {
      const inTime = (timeout: unknown) => () => c.allreduce(c.rank, { timeout } as CallOptions);
      return [
        await outcomeOf(inTime(NaN)),
        await outcomeOf(inTime(-1)),
        await outcomeOf(inTime('5')),
        await outcomeOf(inTime(null)),
        await inTime(Infinity)(),
        await inTime(2 ** 40)(),
        await outcomeOf(() => c.barrier({ timeout: NaN })),
        await outcomeOf(() => c.winCreate(1, 'w', { timeout: NaN }))
      ];
    },
    expected: () => [
      refused('allreduce, timeout', 'received NaN'),
      refused('timeout', 'received -1'),
      refused('timeout', '5 (string)'),
      refused('timeout', 'null'),
      1.5,
      1.5,
      refused('barrier, timeout'),
      refused('winCreate, timeout')
    ]
  },
  {
    title: 'fractions of whole numbers',
    sizes: [2, 3, 4, 8],
    program: async (c, { outcomeOf }) => [
      await outcomeOf(() => c.allreduce(Int32Array.of(1))),
      await outcomeOf(() => c.allreduce({ w: 1, count: Int32Array.of(1) }))
    ],
    expected: () => [refused('int32'), refused('int32')]
  },
  {
    title: 'what is no topology, and topologies of another size',
    program: async (c, { outcomeOf, ringGraph }) => [
      await outcomeOf(() => c.setTopology('ring' as never)),
      await outcomeOf(() => c.setTopology({ size: c.size } as never)),
      await outcomeOf(() => c.setTopology({ size: c.size, W: null } as never)),
      await outcomeOf(() => c.setTopology(ringGraph(c.size + 1))),
      await outcomeOf(() => c.setMachineTopology(null as never)),
      await outcomeOf(() => c.setMachineTopology(ringGraph(c.machineSize() + 1))),
      c.loadTopology().name
    ],
    expected: (_, n) => [
      refused('a topology', 'string'),
      refused('a topology', 'object'),
      refused('a topology', 'object'),
      refused(`${n} nodes, received ${n + 1}`),
      refused('a topology', 'null'),
      refused('setMachineTopology', 'nodes'),
      'exponential-two'
    ]
  },
  {
    title: 'one or two of the three machine weights',
    program: async (c, { outcomeOf, ringGraph }) => {
      c.setMachineTopology(ringGraph(c.machineSize()));
      const weights = { selfWeight: 1, srcMachineWeights: {}, dstMachineWeights: [] };
      const { selfWeight, srcMachineWeights, dstMachineWeights } = weights;
      return [
        await outcomeOf(() => c.hierarchicalNeighborAllreduce(1, { selfWeight })),
        await outcomeOf(() =>
          c.hierarchicalNeighborAllreduce(1, { selfWeight, srcMachineWeights })
        ),
        await outcomeOf(() => c.hierarchicalNeighborAllreduce(1, { dstMachineWeights })),
        await outcomeOf(() =>
          c.hierarchicalNeighborAllreduce(1, { ...weights, dstMachineWeights: [c.machineRank()] })
        )
      ];
    },
    expected: () => [
      refused('all three or none', 'selfWeight only'),
      refused('selfWeight and srcMachineWeights only'),
      refused('dstMachineWeights only'),
      refused('dstMachineWeights on machine')
    ]
  },
  {
    title: 'calls after shutdown, until init; both may be called again and again',
    program: async (c, { outcomeOf, ringGraph }) => {
      c.init();
      c.shutdown();
      c.shutdown();
      const closed = await outcomeOf(() => c.allreduce(1));
      c.init({ topology: n => ringGraph(n), isWeighted: false });
      const seen = [c.loadTopology().name, c.isTopoWeighted(), await c.allreduce(c.rank)];
      c.init();
      return [closed, ...seen, c.loadTopology().name];
    },
    expected: (_, n) => [
      { code: 'SHUT_DOWN', words: ['after shutdown()', 'init()'] },
      'ring',
      false,
      (n - 1) / 2,
      'ring'
    ]
  },
  {
    title: 'no call of a suspended rank, which waits and goes on in order after resume',
    program: async c => {
      c.suspend();
      const order: string[] = [];
      const calls = ['a', 'b'].map((name, k) =>
        c.allreduce(c.rank + k).then(mean => (order.push(name), mean))
      );
      await new Promise(resolve => setTimeout(resolve, 5));
      const early = order.length;
      c.resume();
      const later = c.allreduce(c.rank + 2);
      c.resume();
      return [early, await Promise.all(calls), await later, order];
    },
    expected: (_, n) => [0, [(n - 1) / 2, (n - 1) / 2 + 1], (n - 1) / 2 + 2, ['a', 'b']]
  },
  {
    title: 'no time limit of a suspended rank: a call whose time is over has not begun',
    program: async (c, { outcomeOf }) => {
      c.suspend();
      const seen = await outcomeOf(() => c.allreduce(99, { timeout: 0 }));
      c.resume();
      return [seen, await c.allreduce(c.rank)];
    },
    expected: (rank, n) => [
      {
        code: 'CALL_TIMEOUT',
        words: [`allreduce (suspended until resume()) still waited for rank ${rank} after 0 ms`]
      },
      (n - 1) / 2
    ]
  }
];
