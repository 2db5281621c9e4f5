/**
 * The words of one-sided communication. A window is memory of this rank that its neighbours write into while this rank
 * computes: one slot for each in-neighbour, read when this rank wants to. Semantics after BlueFog's window operations.
 */
import type { Value, WeightsByRank } from '../communicator.js';

interface Waiting {
  /** Milliseconds after which a call that still waits for another rank is rejected. Defaults to no limit. */
  timeout?: number;
}

interface Guarded extends Waiting {
  /** Waits for the mutex of the rank whose memory is touched, and holds it meanwhile. Defaults to false. */
  requireMutex?: boolean;
}

export interface WinCreateOptions extends Waiting {
  /** Begins with zeros in the slots, not with copies of the own value. Defaults to false. */
  zeroInit?: boolean;
}

export interface WinPutOptions extends Guarded {
  /** The own value becomes selfWeight · x. Defaults to 1. */
  selfWeight?: number;
  /** Out-neighbours, or the factor of x by out-neighbour. Defaults to 1 for every out-neighbour. */
  dstWeights?: readonly number[] | WeightsByRank;
}

export interface WinGetOptions extends Guarded {
  /** In-neighbours, or the factor of their value by in-neighbour. Defaults to 1 for every in-neighbour. */
  srcWeights?: readonly number[] | WeightsByRank;
}

export interface WinUpdateOptions extends Guarded {
  /** The factor of the own value. Given together with `neighborWeights`; defaults to w_ii of the topology. */
  selfWeight?: number;
  /** The factor of each slot by in-neighbour; slots that are not named are not read. Defaults to w_ij of the topology. */
  neighborWeights?: WeightsByRank;
  /** Sets the slots that were read to zero, in the same instant. Defaults to false. */
  reset?: boolean;
  /** Returns the sum and leaves the own value, and the associated p, as they are. Defaults to false. */
  clone?: boolean;
}

export interface WinMutexOptions extends Waiting {
  /** The mutex of this rank; of this rank too, if `ranks` are given. Defaults to false. */
  forSelf?: boolean;
  /** Whose mutexes. Defaults to all out-neighbours. */
  ranks?: readonly number[];
}

/** Mutexes that are held. They are released by `release`, at the end of the cell, or with the process. */
export interface WinMutex {
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * One-sided communication of one rank. The window keeps copies: what a caller does to its arrays later, or to a result,
 * is not seen by anyone. The topology cannot change while there are windows.
 *
 * Errors of all words: WINDOW_MISSING for a name that is none, here or at a peer (told to the sender alone), PEER_LOST
 * for a peer without a process, VALUE_INVALID for weights and ranks, SHAPE_MISMATCH for a value of another form.
 */
export interface OneSided {
  /**
   * Makes a window on every rank; all ranks call it. The own value is a copy of `x`, of any kind that can be exchanged.
   * @throws WINDOW_EXISTS; DISAGREEMENT where the ranks' values differ in form
   */
  winCreate(x: Value, name: string, options?: WinCreateOptions): Promise<void>;
  /** Frees a window, or all of them, on every rank; all ranks call it. Frees those of this rank even if another is lost. */
  winFree(name?: string): Promise<void>;
  /** The names of the windows of this rank, sorted. */
  getCurrentCreatedWindowNames(): string[];
  /**
   * Writes dstWeight · x into this rank's slot at each destination; the own value becomes selfWeight · x. Resolves when
   * all destinations have it. None of them needs to do anything.
   */
  winPut(x: Value, name: string, options?: WinPutOptions): Promise<void>;
  /** As `winPut`, but adds to the slots. With weights that sum to 1, the sum over all ranks and slots is kept. */
  winAccumulate(x: Value, name: string, options?: WinPutOptions): Promise<void>;
  /** Copies srcWeight · (own value of the source) into its slot here. The associated p is not fetched. */
  winGet(name: string, options?: WinGetOptions): Promise<void>;
  /**
   * selfWeight · own + Σ_j neighborWeight_j · slot_j, by rank j ascending, in one instant between two writes of peers.
   * Returns it, and makes it the own value. The versions of the slots that were read become 0.
   */
  winUpdate<T extends Value = Value>(name: string, options?: WinUpdateOptions): Promise<T>;
  /** `winUpdate` with all weights 1 and `reset`: collects what has come. Defaults to `requireMutex: true`. */
  winUpdateThenCollect<T extends Value = Value>(
    name: string,
    options?: Pick<WinUpdateOptions, 'requireMutex' | 'timeout'>
  ): Promise<T>;
  /**
   * Holds the mutexes of the window at other ranks while `work` runs, and returns what it returns; without `work`, until
   * they are released. They are given in the order in which they were asked for. A mutex excludes other `winMutex` calls
   * and the calls of other ranks with `requireMutex`, nothing else.
   */
  winMutex(name: string, options?: WinMutexOptions): Promise<WinMutex>;
  winMutex<R>(name: string, options: WinMutexOptions, work: () => R | Promise<R>): Promise<R>;
  /** By in-neighbour: how often its slot was written since it was last read. */
  winVersion(name: string): Promise<Record<number, number>>;
  /** Resolves once a slot has been written that was not read since: at once, if there is one. */
  winArrival(name: string, options?: { timeout?: number }): Promise<void>;
  /** The weight p that goes with the window, 1 at first: x / p is unbiased where weights do not sum to 1. */
  winAssociatedP(name: string): Promise<number>;
  /** From now on p goes with put, accumulate and update, weighted as x is. Call it on every rank. */
  turnOnWinOpsWithAssociatedP(): void;
  /** p stays as it is from now on. */
  turnOffWinOpsWithAssociatedP(): void;
}
