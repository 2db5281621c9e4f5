/** The words of cells: rank(), neighborAllreduce(x) … speak through the communicator of this engine. */
import type {
  AllreduceOptions,
  CallOptions,
  NeighborAllreduceOptions,
  Value
} from '../../mathematics/communicator/communicator.js';
import type { DType } from '../../mathematics/communicator/values.js';
import type { Collectives, InitOptions } from '../../mathematics/communicator/collectives.js';
import type { OutOption } from '../../mathematics/communicator/out.js';
import type {
  PairGossipOptions,
  SetTopologyOptions
} from '../../mathematics/communicator/options.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import type { Matrix } from '../../mathematics/math/matrix.js';
import type { LinkArray } from './link-arrays.js';
import { inferDestinations, inferSources } from './infer.js';
import { speaker } from './speaker.js';

/** This engine's Communicator, to be given to an algorithm. @throws NOT_ON_ENGINE in a client cell */
export function communicator(): Collectives<Topology> {
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
 * Begins, with a topology if one is given. Optional: an engine has begun. After `shutdown` it begins anew.
 * @throws as setTopology
 */
export function init(options?: InitOptions<Topology>): void {
  speaker('init').init(options);
}

/** Refuses later calls with SHUT_DOWN, until `init`; calls that have begun end as usual. @throws NOT_ON_ENGINE in a client cell */
export function shutdown(): void {
  speaker('shutdown').shutdown();
}

/**
 * Lets the calls that this rank makes from now on wait until `resume`, those on windows too, and says so below the cell.
 * Those that have begun go on, and peers reach this rank's windows as before. @throws NOT_ON_ENGINE in a client cell
 */
export function suspend(): void {
  speaker('suspend').suspend();
}

/** Begins what waits since `suspend`, in the order of the calls. @throws NOT_ON_ENGINE in a client cell */
export function resume(): void {
  speaker('resume').resume();
}

/**
 * Replaces the topology; call it on every rank at the same point.
 * @param topology null or nothing for the exponential graph of base 2
 * @param options `isWeighted: false` for equal weights instead of W
 * @returns true: topology and weighting are now the ones asked for
 * @throws VALUE_INVALID for what is no topology, or one of another size; TOPOLOGY_FROZEN while there are windows
 * @throws NOT_ON_ENGINE in a client cell
 */
export function setTopology(topology?: Topology | null, options?: SetTopologyOptions): boolean {
  return speaker('setTopology').setTopology(topology, options);
}

/** Whether W of the topology is used, or equal weights. @throws NOT_ON_ENGINE in a client cell */
export function isTopoWeighted(): boolean {
  return speaker('isTopoWeighted').isTopoWeighted();
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
 * @param x a number, Float64Array, Float32Array, Matrix, tensor, model, or records and arrays of them; the same on every rank
 * @param options weights of this call; defaults to row i of the topology's W
 * @returns a new value of the same structure
 * @throws NOT_ON_ENGINE, VALUE_INVALID, DISAGREEMENT, PEER_LOST, PEER_FAILED, CALL_TIMEOUT
 */
export async function neighborAllreduce<T extends Value>(
  x: T,
  options?: NeighborAllreduceOptions
): Promise<T> {
  return await speaker('neighborAllreduce').neighborAllreduce(x, options);
}

/**
 * selfWeight · x + pairWeight · (the target's x), by default their average, on both ranks of a pair. Every rank calls it,
 * and one without a partner names itself; with `enableTopoCheck: false` only the two of a pair need to.
 * @throws DISAGREEMENT if a rank names another that does not name it; and as neighborAllreduce
 */
export async function pairGossip<T extends Value>(
  x: T,
  targetRank: number,
  options?: PairGossipOptions
): Promise<T> {
  return await speaker('pairGossip').pairGossip(x, targetRank, options);
}

/**
 * The average of all ranks' values, or their sum with `{ average: false }`: the same bits on every rank.
 * With `isHierarchicalLocal`, over the ranks of this machine only.
 * @throws as neighborAllreduce
 */
export async function allreduce<T extends Value>(x: T, options?: AllreduceOptions): Promise<T> {
  return await speaker('allreduce').allreduce(x, options);
}

/** The value of `rootRank`, on every rank; the others give one of the same structure. @throws as neighborAllreduce */
export async function broadcast<T extends Value>(
  x: T,
  rootRank: number,
  options?: CallOptions & OutOption
): Promise<T> {
  return await speaker('broadcast').broadcast(x, rootRank, options);
}

/** Resolves once every rank has called it. @throws as neighborAllreduce */
export async function barrier(options?: CallOptions): Promise<void> {
  return await speaker('barrier').barrier(options);
}

/**
 * An array full of zeros that lies where links read and write: as `x` of a call it is not copied in, as `out` the result
 * is not copied out. Do not change it between a call and its end. Its memory is given back when neither it nor a
 * `subarray` of it is reachable; views made of its `buffer` do not count.
 * @param dtype 'float64', 'float32' or 'int32'
 * @returns a Float64Array, Float32Array or Int32Array
 * @throws NOT_ON_ENGINE, VALUE_INVALID, LINK_MEMORY_FULL beyond 4 GiB an engine
 */
export function linkArray<Kind extends DType>(dtype: Kind, length: number): LinkArray<Kind> {
  return speaker('linkArray').linkArray(dtype, length);
}

export interface InferOptions {
  /** Gives the weights too. Defaults to false. */
  constructAdjacencyMatrix?: boolean;
}

/**
 * The ranks that send to this one, ascending, when every rank calls it with the ranks that it sends to itself.
 * @param options `constructAdjacencyMatrix` gives `[ranks, W]`, with w_ij = 1 / (in-degree of i + 1)
 * @throws VALUE_INVALID for a rank that is none, is named twice or is this one; and as neighborAllreduce
 */
export async function inferSourceFromDestinationRanks(
  dstRanks: readonly number[],
  options: { constructAdjacencyMatrix: true }
): Promise<[ranks: number[], W: Matrix]>;
export async function inferSourceFromDestinationRanks(
  dstRanks: readonly number[],
  options?: InferOptions
): Promise<number[]>;
export async function inferSourceFromDestinationRanks(
  dstRanks: readonly number[],
  { constructAdjacencyMatrix = false }: InferOptions = {}
): Promise<number[] | [ranks: number[], W: Matrix]> {
  const here = speaker('inferSourceFromDestinationRanks');
  const { ranks, W } = await inferSources(here, dstRanks);
  return constructAdjacencyMatrix ? [ranks[here.rank], W] : ranks[here.rank];
}

/**
 * The ranks that this one must send to, ascending, when every rank calls it with the ranks that it receives from.
 * @param options as `inferSourceFromDestinationRanks`
 * @throws as inferSourceFromDestinationRanks
 */
export async function inferDestinationFromSourceRanks(
  srcRanks: readonly number[],
  options: { constructAdjacencyMatrix: true }
): Promise<[ranks: number[], W: Matrix]>;
export async function inferDestinationFromSourceRanks(
  srcRanks: readonly number[],
  options?: InferOptions
): Promise<number[]>;
export async function inferDestinationFromSourceRanks(
  srcRanks: readonly number[],
  { constructAdjacencyMatrix = false }: InferOptions = {}
): Promise<number[] | [ranks: number[], W: Matrix]> {
  const here = speaker('inferDestinationFromSourceRanks');
  const { ranks, W } = await inferDestinations(here, srcRanks);
  return constructAdjacencyMatrix ? [ranks[here.rank], W] : ranks[here.rank];
}
