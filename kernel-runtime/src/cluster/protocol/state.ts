/** What a cluster looks like from outside: shown in notebooks and in the panel, kept in the cluster file. */
import {
  hasShape,
  isCount,
  isListOf,
  isNullOr,
  isOneOf,
  isOptional,
  isText,
  type Check
} from './checks.js';

/**
 * `waiting`: in a call that needs a peer, for longer than usual. `silent`: its process is there, but frozen or cut off.
 * `lost`: its process ended by itself.
 */
export type EngineCondition =
  'starting' | 'idle' | 'busy' | 'waiting' | 'silent' | 'lost' | 'stopped';

export interface EngineState {
  readonly rank: number;
  /** Null until its process exists. */
  readonly pid: number | null;
  readonly state: EngineCondition;
  /** In words: what it waits for, or how it ended. */
  readonly detail?: string;
  /** The file with what its process prints outside of cells. */
  readonly log?: string;
}

export interface ClusterState {
  readonly id: string;
  /** The notebook's session it was started in, or null. */
  readonly name: string | null;
  readonly size: number;
  /** Grows with every failure, interrupt and restart; calls of different epochs never meet. */
  readonly epoch: number;
  readonly cwd: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly engines: readonly EngineState[];
  /** The ranks that the graph goes around since `heal`, ascending; calls of all ranks go on without them. */
  readonly absent: readonly number[];
}

const isEngineState: Check<EngineState> = hasShape<EngineState>({
  rank: isCount,
  pid: isNullOr(isCount),
  state: isOneOf('starting', 'idle', 'busy', 'waiting', 'silent', 'lost', 'stopped'),
  detail: isOptional(isText),
  log: isOptional(isText)
});

/** The members of a cluster's state, for messages and files that hold more. */
export const clusterStateMembers = {
  id: isText,
  name: isNullOr(isText),
  size: isCount,
  epoch: isCount,
  cwd: isText,
  startedAt: isText,
  engines: isListOf(isEngineState),
  absent: isListOf(isCount)
};

export const isClusterState: Check<ClusterState> = hasShape<ClusterState>(clusterStateMembers);
