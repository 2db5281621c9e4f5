/** The words of cells: rank(), neighborAllreduce(x) … speak through the communicator of this engine. */
import { DecentLabError } from '../../errors.js';
import type {
  AllreduceOptions,
  CallOptions,
  NeighborAllreduceOptions,
  Value
} from '../../mathematics/communicator/communicator.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import type { EngineCommunicator } from './engine-communicator.js';

let current: EngineCommunicator | undefined;

/** Makes the words below speak through `communicator`: called once by the engine. */
export function setContext(communicator: EngineCommunicator | undefined): void {
  current = communicator;
}

/** This engine's Communicator, to be given to an algorithm. @throws NOT_ON_ENGINE in a client cell */
export function communicator(): EngineCommunicator {
  return speaker('communicator');
}

/** The number of this engine, from 0. @throws NOT_ON_ENGINE in a client cell */
export function rank(): number {
  return speaker('rank').rank;
}

/** How many engines there are. @throws NOT_ON_ENGINE in a client cell */
export function size(): number {
  return speaker('size').size;
}

/**
 * Replaces the topology; call it on every rank at the same point.
 * @throws VALUE_INVALID for a topology of another size
 * @throws NOT_ON_ENGINE in a client cell
 */
export function setTopology(topology: Topology): void {
  speaker('setTopology').setTopology(topology);
}

/** The current topology. Defaults to the exponential graph of base 2. @throws NOT_ON_ENGINE in a client cell */
export function loadTopology(): Topology {
  return speaker('loadTopology').loadTopology();
}

/** The ranks this one receives from, itself apart, ascending. @throws NOT_ON_ENGINE in a client cell */
export function inNeighborRanks(): number[] {
  return speaker('inNeighborRanks').inNeighborRanks();
}

/** The ranks this one sends to, itself apart, ascending. @throws NOT_ON_ENGINE in a client cell */
export function outNeighborRanks(): number[] {
  return speaker('outNeighborRanks').outNeighborRanks();
}

/**
 * Partial averaging: x_i⁺ = w_ii x_i + Σ_j w_ij x_j over the in-neighbours j.
 * @param x a number, Float64Array, Float32Array, Matrix, tensor, or records and arrays of them; the same on every rank
 * @param options weights of this call; defaults to row i of the topology's W
 * @returns a new value of the same structure
 * @throws NOT_ON_ENGINE, VALUE_INVALID, DISAGREEMENT, PEER_LOST, PEER_FAILED, CALL_TIMEOUT
 */
export async function neighborAllreduce<T extends Value>(
  x: T,
  options?: NeighborAllreduceOptions
): Promise<T> {
  return speaker('neighborAllreduce').neighborAllreduce(x, options);
}

/**
 * The average of all ranks' values, or their sum with `{ average: false }`: the same bits on every rank.
 * @throws as neighborAllreduce
 */
export async function allreduce<T extends Value>(x: T, options?: AllreduceOptions): Promise<T> {
  return speaker('allreduce').allreduce(x, options);
}

/** The value of `rootRank`, on every rank; the others give one of the same structure. @throws as neighborAllreduce */
export async function broadcast<T extends Value>(
  x: T,
  rootRank: number,
  options?: CallOptions
): Promise<T> {
  return speaker('broadcast').broadcast(x, rootRank, options);
}

/** Resolves once every rank has called it. @throws as neighborAllreduce */
export async function barrier(options?: CallOptions): Promise<void> {
  return speaker('barrier').barrier(options);
}

function speaker(name: string): EngineCommunicator {
  if (!current) throw new DecentLabError('NOT_ON_ENGINE', { name });
  return current;
}
