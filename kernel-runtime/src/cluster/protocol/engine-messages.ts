/** The messages between an engine and the controller. */
import type { Output } from './cell.js';
import {
  hasShape,
  isCount,
  isEither,
  isFlag,
  isListOf,
  isNullOr,
  isNumber,
  isOneOf,
  isOptional,
  isText,
  type Check
} from './checks.js';
import { isRankPlace, isTcpPlace, type RankPlace, type TcpPlace } from './places.js';
import { isReason, type Reason } from './reason.js';
import { isEngineStats, isWanted, type EngineStats, type Wanted } from './stats.js';
import { isOutput, isReply, isTask, type Reply, type Task } from './task.js';
import { isPackedTopology, type PackedTopology } from './topology.js';

/** A call that waits for peers. */
export interface Waiting {
  /** The operation, e.g. `neighborAllreduce`. */
  readonly op: string;
  readonly name?: string;
  /** The ranks it still needs. */
  readonly on: number[];
  /** Milliseconds so far. */
  readonly for: number;
  /** Where it stands, e.g. `cell 3, line 2`. */
  readonly line?: string;
}

/// Engine to controller

/** The first message: the engine listens to its peers and takes tasks. */
export interface EngineHello {
  readonly type: 'hello';
  readonly role: 'engine';
  readonly rank: number;
  readonly pid: number;
  /** Where it listens to its peers, unless that is a socket of the machine. */
  readonly place?: TcpPlace;
}

export interface EngineOutput {
  readonly type: 'output';
  readonly request: number;
  readonly outputs: Output[];
}

export interface EngineReply {
  readonly type: 'reply';
  readonly request: number;
  readonly reply: Reply;
  /** How many tensor frames of this epoch the rank has sent to each rank; told where it has failed. */
  readonly sent: number[];
}

/** A call of this rank cannot meet the call of a peer. */
export interface DisagreementReport {
  readonly type: 'disagreement';
  readonly request: number | null;
  /** That the call belonged to: a report of an epoch that is over changes nothing. */
  readonly epoch: number;
  readonly reason: Reason;
}

/** What this rank waits for longer than usual; null when it goes on. */
export interface WaitingReport {
  readonly type: 'waiting';
  readonly waiting: Waiting | null;
}

/** The topology that this rank has been given, with all ranks. */
export interface TopologyReport {
  readonly type: 'topology';
  readonly topology: PackedTopology;
}

/** The link with a peer carries no sign of life, or carries one again. */
export interface PeerReport {
  readonly type: 'peer-silent' | 'peer-heard';
  readonly rank: number;
}

/** What it tells of itself while somebody watches. */
export interface StatsReport {
  readonly type: 'stats';
  readonly stats: EngineStats;
}

/** Asks for the time of the controller's clock. */
export interface ClockQuestion {
  readonly type: 'clock';
}

export type FromEngine =
  | EngineHello
  | ClockQuestion
  | EngineOutput
  | EngineReply
  | DisagreementReport
  | WaitingReport
  | TopologyReport
  | PeerReport
  | StatsReport;

/// Controller to engine

export interface EngineTask {
  readonly type: 'task';
  readonly request: number;
  readonly task: Task;
}

/** From now on calls belong to this epoch; pending ones are rejected with the reason. */
export interface EpochMessage {
  readonly type: 'epoch';
  readonly epoch: number;
  readonly reason: Reason | null;
  /** Ranks without a process, or whose process is silent. */
  readonly lost: number[];
  /** Those of them whose process is there, but frozen or cut off. */
  readonly silent: number[];
  /** Those of them, or others, that the graph goes around. */
  readonly absent: number[];
}

/** The process of a rank has ended, or is silent. */
export interface PeerLostMessage {
  readonly type: 'peer-lost';
  readonly rank: number;
  readonly isSilent: boolean;
}

/** The cell of a rank has failed: nobody need wait for it in this request. */
export interface PeerFailedMessage {
  readonly type: 'peer-failed';
  readonly rank: number;
  readonly error: string;
  /** How many tensor frames of this epoch it has sent to the rank that hears this: they still count. */
  readonly sent: number;
}

/** Where ranks listen from now on. */
export interface PlacesMessage {
  readonly type: 'places';
  readonly places: RankPlace[];
}

/** From now on somebody watches, or nobody does. */
export interface WatchMessage {
  readonly type: 'watch';
  readonly isOn: boolean;
  readonly wanted: Wanted;
}

/** The time of the controller's clock, in ms. */
export interface ClockAnswer {
  readonly type: 'clock';
  readonly time: number;
}

export type ToEngine =
  | EngineTask
  | EpochMessage
  | PeerLostMessage
  | PeerFailedMessage
  | PlacesMessage
  | WatchMessage
  | ClockAnswer;

const isWaiting: Check<Waiting> = hasShape<Waiting>({
  op: isText,
  name: isOptional(isText),
  on: isListOf(isCount),
  for: isCount,
  line: isOptional(isText)
});

export const isFromEngine: Check<FromEngine> = isEither<FromEngine>(
  hasShape<EngineReply>({
    type: isOneOf('reply'),
    request: isCount,
    reply: isReply,
    sent: isListOf(isCount)
  }),
  hasShape<EngineOutput>({
    type: isOneOf('output'),
    request: isCount,
    outputs: isListOf(isOutput)
  }),
  hasShape<EngineHello>({
    type: isOneOf('hello'),
    role: isOneOf('engine'),
    rank: isCount,
    pid: isCount,
    place: isOptional(isTcpPlace)
  }),
  hasShape<DisagreementReport>({
    type: isOneOf('disagreement'),
    request: isNullOr(isCount),
    epoch: isCount,
    reason: isReason
  }),
  hasShape<WaitingReport>({ type: isOneOf('waiting'), waiting: isNullOr(isWaiting) }),
  hasShape<TopologyReport>({ type: isOneOf('topology'), topology: isPackedTopology }),
  hasShape<PeerReport>({ type: isOneOf('peer-silent', 'peer-heard'), rank: isCount }),
  hasShape<StatsReport>({ type: isOneOf('stats'), stats: isEngineStats }),
  hasShape<ClockQuestion>({ type: isOneOf('clock') })
);

export const isToEngine: Check<ToEngine> = isEither<ToEngine>(
  hasShape<EngineTask>({ type: isOneOf('task'), request: isCount, task: isTask }),
  hasShape<EpochMessage>({
    type: isOneOf('epoch'),
    epoch: isCount,
    reason: isNullOr(isReason),
    lost: isListOf(isCount),
    silent: isListOf(isCount),
    absent: isListOf(isCount)
  }),
  hasShape<PeerLostMessage>({
    type: isOneOf('peer-lost'),
    rank: isCount,
    isSilent: isFlag
  }),
  hasShape<WatchMessage>({
    type: isOneOf('watch'),
    isOn: isFlag,
    wanted: isWanted
  }),
  hasShape<PeerFailedMessage>({
    type: isOneOf('peer-failed'),
    rank: isCount,
    error: isText,
    sent: isCount
  }),
  hasShape<PlacesMessage>({ type: isOneOf('places'), places: isListOf(isRankPlace) }),
  hasShape<ClockAnswer>({ type: isOneOf('clock'), time: isNumber })
);
