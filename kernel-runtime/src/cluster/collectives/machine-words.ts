/** The words of cells for ranks that share machines. */
import type { Value } from '../../mathematics/communicator/communicator.js';
import type {
  HierarchicalOptions,
  SetTopologyOptions
} from '../../mathematics/communicator/options.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import { speaker } from './speaker.js';

/** How many ranks share a machine: the `nodesPerMachine` of Cluster.start, or all. @throws NOT_ON_ENGINE in a client cell */
export function localSize(): number {
  return speaker('localSize').localSize();
}

/** The number of this rank on its machine, from 0. @throws NOT_ON_ENGINE in a client cell */
export function localRank(): number {
  return speaker('localRank').localRank();
}

/** How many machines there are. @throws NOT_ON_ENGINE in a client cell */
export function machineSize(): number {
  return speaker('machineSize').machineSize();
}

/** The number of this rank's machine, from 0. @throws NOT_ON_ENGINE in a client cell */
export function machineRank(): number {
  return speaker('machineRank').machineRank();
}

/**
 * Sets the topology of the machines, which has none to begin with; call it on every rank at the same point.
 * @returns true: topology and weighting are now the ones asked for
 * @throws VALUE_INVALID unless it has as many nodes as there are machines
 * @throws NOT_ON_ENGINE in a client cell
 */
export function setMachineTopology(topology: Topology, options?: SetTopologyOptions): boolean {
  return speaker('setMachineTopology').setMachineTopology(topology, options);
}

/** The topology of the machines; undefined before one is set. @throws NOT_ON_ENGINE in a client cell */
export function loadMachineTopology(): Topology | undefined {
  return speaker('loadMachineTopology').loadMachineTopology();
}

/** Whether W of the machine topology is used, or equal weights. @throws NOT_ON_ENGINE in a client cell */
export function isMachineTopoWeighted(): boolean {
  return speaker('isMachineTopoWeighted').isMachineTopoWeighted();
}

/** The machines that this one receives from, ascending. @throws NOT_ON_ENGINE in a client cell */
export function inNeighborMachineRanks(): number[] {
  return speaker('inNeighborMachineRanks').inNeighborMachineRanks();
}

/** The machines that this one sends to, ascending. @throws NOT_ON_ENGINE in a client cell */
export function outNeighborMachineRanks(): number[] {
  return speaker('outNeighborMachineRanks').outNeighborMachineRanks();
}

/**
 * Partial averaging between machines: x̄ is the average inside a machine, and every rank of machine i gets
 * w_ii x̄_i + Σ_j w_ij x̄_j over the in-neighbour machines j.
 * @param options all three weights, or none for those of the machine topology
 * @throws VALUE_INVALID without a machine topology; and as neighborAllreduce
 */
export async function hierarchicalNeighborAllreduce<T extends Value>(
  x: T,
  options?: HierarchicalOptions
): Promise<T> {
  return speaker('hierarchicalNeighborAllreduce').hierarchicalNeighborAllreduce(x, options);
}
