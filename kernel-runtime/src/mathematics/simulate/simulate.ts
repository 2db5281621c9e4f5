/** Runs one program on n simulated ranks in this process: the same code as on engines, for a thousand nodes if need be. */
import { exponentialTwoGraph } from '../graph/circulant.js';
import type { Topology } from '../graph/topology.js';
import { SimulatedCommunicator } from './communicator.js';
import { Network } from './network.js';

export type Program<R> = (communicator: SimulatedCommunicator) => Promise<R>;

/**
 * Runs `program` once a rank, all at the same time, and returns the results by rank.
 * @param where a topology, or a number of nodes on the exponential graph of base 2
 * @throws the first error of a program; ranks that wait for it end with PEER_FAILED, and nobody hangs
 */
export async function simulate<R>(where: number | Topology, program: Program<R>): Promise<R[]> {
  const topology = typeof where === 'number' ? exponentialTwoGraph(where) : where;
  const network = new Network(topology.size);
  let first: { error: unknown } | undefined;
  const runs = Array.from({ length: topology.size }, async (_, rank) => {
    try {
      const result = await program(new SimulatedCommunicator(rank, network, topology));
      network.end(rank, 'its program was over before');
      return result;
    } catch (error) {
      first ??= { error };
      network.end(rank, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      throw error;
    }
  });
  const outcomes = await Promise.allSettled(runs);
  if (first) throw first.error;
  return outcomes.map(outcome => (outcome as PromiseFulfilledResult<R>).value);
}
