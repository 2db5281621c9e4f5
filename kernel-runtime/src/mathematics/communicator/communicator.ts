/** What an algorithm sees of the network: its rank, its neighbours, and the exchanges. Implemented by collectives/ (real engines) and simulate/ (one process). */

import type { Compression } from './compression/compression.js';
import type { ModelLike } from './flat.js';
import type { OutOption } from './out.js';
import type { HierarchicalOptions } from './options.js';
import type { OneSided } from './windows/one-sided.js';

/** The shape of a TensorFlow.js tensor, as far as an exchange needs it. */
export interface TensorLike {
  readonly shape: number[];
  readonly dtype: string;
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  dispose(): void;
}

/** The shape of a matrix, as far as an exchange needs it. */
export interface MatrixLike {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * What can be exchanged: float64 stays float64, float32 stays float32. Records and arrays travel as one fused message. A
 * model travels as one vector of its trainable variables, which take on the result; what is returned is the model itself.
 */
export type Value =
  | number
  | Float64Array
  | Float32Array
  | Int32Array
  | MatrixLike
  | TensorLike
  | ModelLike
  | readonly Value[]
  | { readonly [key: string]: Value };

export interface CallOptions {
  /** Matches this call with the calls of the same name on the other ranks, whatever was started before. */
  name?: string;
  /** Milliseconds after which a call that still waits is rejected. Defaults to no limit. */
  timeout?: number;
}

export interface AllreduceOptions extends CallOptions, OutOption {
  /** Divides the sum by the number of ranks. Defaults to true. */
  average?: boolean;
  /** Sums inside each machine only. Defaults to false. */
  isHierarchicalLocal?: boolean;
}

/**
 * A number for each rank named: `{ 3: 0.5 }`, or a map. For thousands of nodes take a map: a record with the key 1000 may
 * take the memory of a list of a thousand places.
 */
export type WeightsByRank = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

/** Weights of one exchange. Without any, the weights of the current topology are used. */
export interface NeighborAllreduceOptions extends CallOptions, OutOption {
  /** w_ii. Given together with `srcWeights`. */
  selfWeight?: number;
  /** w_ij by source rank j. */
  srcWeights?: WeightsByRank;
  /** Ranks to send to, or scale factors by destination rank: a dynamic exchange, free of the current topology. */
  dstWeights?: readonly number[] | WeightsByRank;
  /** Checks that the neighbours agree on who sends to whom. Defaults to true. */
  enableTopoCheck?: boolean;
  /** Sends fewer bytes than the value has, `'bf16'` or `topK(ratio)`; what is heard is then approximate. Defaults to all of it. */
  compression?: Compression;
}

/** A topology, as far as an algorithm needs its weights. */
export interface TopologyLike {
  readonly name: string;
  readonly size: number;
  /** Row i is the receiver i. */
  readonly W: MatrixLike;
}

export interface Communicator extends OneSided {
  readonly rank: number;
  readonly size: number;
  /** True in steps that exchange nothing with neighbours, where W = I: `stepsPerCommunication`. Defaults to false. */
  readonly isLocal?: boolean;
  /** The topology whose weights a `neighborAllreduce` without weights uses. */
  loadTopology(): TopologyLike;
  /** The ranks this node receives from, itself apart, ascending. */
  inNeighborRanks(): number[];
  /** The ranks this node sends to, itself apart, ascending. */
  outNeighborRanks(): number[];
  /** x_i⁺ = w_ii x_i + Σ_j w_ij x_j. The result never aliases `x`. */
  neighborAllreduce<T extends Value>(x: T, options?: NeighborAllreduceOptions): Promise<T>;
  /** The machines average inside, and exchange these averages by the topology of the machines. */
  hierarchicalNeighborAllreduce<T extends Value>(x: T, options?: HierarchicalOptions): Promise<T>;
  /** (1/n) Σ_j x_j, or Σ_j x_j: the same bits on every rank. */
  allreduce<T extends Value>(x: T, options?: AllreduceOptions): Promise<T>;
  /** The value of `rootRank`, on every rank. */
  broadcast<T extends Value>(x: T, rootRank: number, options?: CallOptions & OutOption): Promise<T>;
  /** Resolves once every rank has called it. */
  barrier(options?: CallOptions): Promise<void>;
}
