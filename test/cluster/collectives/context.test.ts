import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';

import * as words from '../../../kernel-runtime/src/cluster/collectives/context.js';
import * as gatherWords from '../../../kernel-runtime/src/cluster/collectives/gather-words.js';
import * as machineWords from '../../../kernel-runtime/src/cluster/collectives/machine-words.js';
import * as windowWords from '../../../kernel-runtime/src/cluster/collectives/windows/cell-words.js';
import * as decentlab from '../../../kernel-runtime/src/index.js';
import { setContext } from '../../../kernel-runtime/src/cluster/collectives/speaker.js';
import type { Collectives } from '../../../kernel-runtime/src/mathematics/communicator/collectives.js';
import type { Topology } from '../../../kernel-runtime/src/mathematics/graph/topology.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { Ranks } from './ranks.js';

const calls: Record<string, () => unknown> = {
  communicator: () => words.communicator(),
  rank: () => words.rank(),
  size: () => words.size(),
  setTopology: () => words.setTopology(ringGraph(1)),
  loadTopology: () => words.loadTopology(),
  inNeighborRanks: () => words.inNeighborRanks(),
  outNeighborRanks: () => words.outNeighborRanks(),
  linkArray: () => words.linkArray('float64', 1),
  neighborAllreduce: () => words.neighborAllreduce(1),
  allreduce: () => words.allreduce(1),
  broadcast: () => words.broadcast(1, 0),
  barrier: () => words.barrier(),
  inferSourceFromDestinationRanks: () => words.inferSourceFromDestinationRanks([]),
  inferDestinationFromSourceRanks: () => words.inferDestinationFromSourceRanks([]),
  init: () => words.init(),
  shutdown: () => words.shutdown(),
  suspend: () => words.suspend(),
  resume: () => words.resume(),
  isTopoWeighted: () => words.isTopoWeighted(),
  pairGossip: () => words.pairGossip(1, 0)
};
const gatherCalls: Record<string, () => unknown> = {
  allgather: () => gatherWords.allgather([]),
  neighborAllgather: () => gatherWords.neighborAllgather([]),
  broadcastParameters: () => gatherWords.broadcastParameters({}, 0),
  allreduceParameters: () => gatherWords.allreduceParameters({}),
  broadcastOptimizerState: () => gatherWords.broadcastOptimizerState({}, 0)
};
const machineCalls: Record<string, () => unknown> = {
  localSize: () => machineWords.localSize(),
  localRank: () => machineWords.localRank(),
  machineSize: () => machineWords.machineSize(),
  machineRank: () => machineWords.machineRank(),
  setMachineTopology: () => machineWords.setMachineTopology(ringGraph(1)),
  loadMachineTopology: () => machineWords.loadMachineTopology(),
  isMachineTopoWeighted: () => machineWords.isMachineTopoWeighted(),
  inNeighborMachineRanks: () => machineWords.inNeighborMachineRanks(),
  outNeighborMachineRanks: () => machineWords.outNeighborMachineRanks(),
  hierarchicalNeighborAllreduce: () => machineWords.hierarchicalNeighborAllreduce(1)
};
const windowCalls: Record<string, () => unknown> = {
  winCreate: () => windowWords.winCreate(1, 'w'),
  winFree: () => windowWords.winFree(),
  winPut: () => windowWords.winPut(1, 'w'),
  winAccumulate: () => windowWords.winAccumulate(1, 'w'),
  winGet: () => windowWords.winGet('w'),
  winUpdate: () => windowWords.winUpdate('w'),
  winUpdateThenCollect: () => windowWords.winUpdateThenCollect('w'),
  winMutex: () => windowWords.winMutex('w'),
  winVersion: () => windowWords.winVersion('w'),
  winArrival: () => windowWords.winArrival('w'),
  winAssociatedP: () => windowWords.winAssociatedP('w'),
  getCurrentCreatedWindowNames: () => windowWords.getCurrentCreatedWindowNames(),
  turnOnWinOpsWithAssociatedP: () => windowWords.turnOnWinOpsWithAssociatedP(),
  turnOffWinOpsWithAssociatedP: () => windowWords.turnOffWinOpsWithAssociatedP()
};
const modules = [
  [words, calls],
  [gatherWords, gatherCalls],
  [machineWords, machineCalls],
  [windowWords, windowCalls]
] as const;
const all = Object.assign({}, ...modules.map(([, own]) => own)) as typeof calls;

type Methods = Collectives<Topology>;
type All = typeof words & typeof gatherWords & typeof machineWords & typeof windowWords;
/** Words whose parameters are not those of the communicator's method of their name. */
type Differing = {
  [K in keyof All & keyof Methods]: All[K] extends (...given: infer P) => unknown
    ? Methods[K] extends (...taken: infer Q) => unknown
      ? [P, Q] extends [Q, P]
        ? never
        : K
      : never
    : never;
}[keyof All & keyof Methods];

describe('the words of cells', () => {
  it('take what the methods of their names take', () => {
    expectTypeOf<Differing>().toBeNever();
  });

  afterEach(() => setContext(undefined));

  it.each(Object.keys(all))('%s says where it belongs when there is no engine', async name => {
    const call = Promise.resolve().then(all[name]);
    await expect(call).rejects.toMatchObject({
      code: 'NOT_ON_ENGINE',
      message: expect.stringContaining(`${name}() was called in a client cell`)
    });
  });

  it('are all there is in the modules', () => {
    for (const [module, own] of modules)
      expect(Object.keys(module).sort()).toEqual(Object.keys(own).sort());
  });

  it('are what decentlab exports', () => {
    expect(Object.keys(decentlab)).toEqual(expect.arrayContaining(Object.keys(all)));
  });

  it('speak through the communicator of the engine, alone in the world too', async () => {
    const ranks = await Ranks.start(1);
    setContext(ranks.all[0]);
    words.setTopology(ringGraph(1));
    expect([words.rank(), words.size(), words.loadTopology().name]).toEqual([0, 1, 'ring']);
    expect([words.inNeighborRanks(), words.outNeighborRanks()]).toEqual([[], []]);
    const x = Float64Array.of(3);
    const results = [
      await words.neighborAllreduce(x),
      await words.allreduce(x),
      await words.broadcast(x, 0)
    ];
    for (const result of results) {
      expect(result).toEqual(x);
      expect(result.buffer).not.toBe(x.buffer);
    }
    await words.barrier();
    await windowWords.winCreate(x, 'w');
    await windowWords.winPut(Float64Array.of(4), 'w');
    expect(windowWords.getCurrentCreatedWindowNames()).toEqual(['w']);
    expect(await windowWords.winUpdate('w')).toEqual(Float64Array.of(4));
    expect(await windowWords.winMutex('w', { forSelf: true }, () => 5)).toBe(5);
    await windowWords.winFree();
    ranks.stop();
  });
});
