/** What an engine tells of itself while somebody watches: its row of W, what its links have carried, its variables. */
import { hasShape, isCount, isListOf, isOptional, isText, type Check } from './checks.js';

/** What has passed between this rank and one other since the engine began. */
export interface PeerCount {
  readonly rank: number;
  readonly sentBytes: number;
  readonly sentMessages: number;
  readonly receivedBytes: number;
  readonly receivedMessages: number;
  /** Milliseconds that calls of this rank have waited for that one. */
  readonly waitedMs: number;
}

/** A top-level variable of the engine's cells. */
export interface VariableStats {
  readonly name: string;
  /** In the words of TypeScript. */
  readonly type: string;
  /** Entries by dimension; [] for a number. */
  readonly shape: readonly number[];
  /** Euclidean; of a number its absolute value. */
  readonly norm: number;
}

/** One engine at one moment; at most four of these leave it in a second. */
export interface EngineStats {
  /** w_ii */
  readonly selfWeight: number;
  /** The ranks that this one averages with, ascending. */
  readonly sources: readonly number[];
  /** w_ij of each source. */
  readonly weights: readonly number[];
  /** The name of the topology. */
  readonly topology: string;
  /** ‖W − 11ᵀ/n‖₂ of the whole W; rank 0 tells it, if the graph is not too large. */
  readonly rho?: number;
  readonly peers: readonly PeerCount[];
  /** Resident bytes of the process. */
  readonly memory: number;
  /** Microseconds of processor time since the engine began. */
  readonly cpu: number;
  /** The oldest call that waits, in words. */
  readonly waiting?: string;
  readonly variables: readonly VariableStats[];
  /** The entries of the variable that the watcher has picked, if this rank has it. */
  readonly picked?: readonly number[];
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

const isPeerCount: Check<PeerCount> = hasShape<PeerCount>({
  rank: isCount,
  sentBytes: isCount,
  sentMessages: isCount,
  receivedBytes: isCount,
  receivedMessages: isCount,
  waitedMs: isNumber
});

const isVariableStats: Check<VariableStats> = hasShape<VariableStats>({
  name: isText,
  type: isText,
  shape: isListOf(isCount),
  norm: isNumber
});

export const isEngineStats: Check<EngineStats> = hasShape<EngineStats>({
  selfWeight: isNumber,
  sources: isListOf(isCount),
  weights: isListOf(isNumber),
  topology: isText,
  rho: isOptional(isNumber),
  peers: isListOf(isPeerCount),
  memory: isCount,
  cpu: isCount,
  waiting: isOptional(isText),
  variables: isListOf(isVariableStats),
  picked: isOptional(isListOf(isNumber))
});
