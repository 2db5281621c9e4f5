/** What asynchronous algorithms share: a window for the run, and its orderly end. */
import type { Communicator, Value } from '../communicator/communicator.js';

/** A node that has less of the weight v keeps it: its neighbours have stopped, and nothing comes back. */
const LEAST_WEIGHT = 1e-100;

/** A sum u and its weight v. */
export type Pair = readonly [u: Float64Array, v: number];

/** Makes the window of a run; one that an earlier run has left behind, because it was stopped, makes room. */
export async function openWindow(
  communicator: Communicator,
  x: Value,
  { name, zeroInit }: { name: string; zeroInit: boolean }
): Promise<void> {
  if (communicator.getCurrentCreatedWindowNames().includes(name)) await communicator.winFree(name);
  await communicator.winCreate(x, name, { zeroInit });
}

/**
 * One asynchronous turn of push-sum: keeps c_ii z, adds c_ji z to what waits at each out-neighbour j, and takes up what
 * has come meanwhile. c_ji = 1 / (1 + out-degree of i), so that nothing is lost: Σ z over nodes, slots and messages stays.
 */
export async function pushAndCollect(
  communicator: Communicator,
  z: Pair,
  name: string
): Promise<Pair> {
  const isEmpty = z[1] < LEAST_WEIGHT;
  const destinations = isEmpty ? [] : communicator.outNeighborRanks();
  const share = 1 / (1 + destinations.length);
  await communicator.winAccumulate(z, name, {
    selfWeight: share,
    dstWeights: new Map(destinations.map(j => [j, share]))
  });
  return communicator.winUpdateThenCollect<Pair>(name);
}

/** Waits for all ranks, after which nothing is under way; takes up what has come, and frees the window. */
export async function collectAll(communicator: Communicator, name: string): Promise<Pair> {
  await communicator.barrier();
  const z = await communicator.winUpdateThenCollect<Pair>(name);
  await communicator.winFree(name);
  return z;
}
