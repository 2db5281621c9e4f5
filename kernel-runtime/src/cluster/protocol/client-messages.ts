/** The messages between a client (a notebook, a script) and the controller. */
import type { Output } from './cell.js';
import {
  hasShape,
  isCount,
  isEither,
  isFlag,
  isListOf,
  isNullOr,
  isOneOf,
  isOptional,
  isText,
  type Check
} from './checks.js';
import { isPayload, type Payload } from './payload.js';
import { isReason, type Reason } from './reason.js';
import { isPackedTopology, type PackedTopology } from './topology.js';
import { isClusterState, type ClusterState } from './state.js';
import { isEngineStats, isWanted, type EngineStats, type Wanted } from './stats.js';
import { isCellError, isOutput, isReply, isTask, type Reply, type Task } from './task.js';
import type { CellError } from './cell.js';

/// Client to controller

/** The first message: who connects. */
export interface ClientHello {
  readonly type: 'hello';
  readonly role: 'client';
  /** It only looks on: the cluster ends after its idle limit all the same. */
  readonly isWatching?: boolean;
}

/** Asks ranks to do something; ends with `done` of the same number. Numbers are the client's own. */
export interface TaskRequest {
  readonly type: 'task';
  readonly request: number;
  readonly ranks: number[];
  readonly task: Task;
}

/** Stops what these ranks run. */
export interface InterruptRequest {
  readonly type: 'interrupt';
  readonly ranks: number[];
}

/** Replaces the processes of these ranks; ends with `settled`. */
export interface RestartRequest {
  readonly type: 'restart';
  readonly request: number;
  readonly ranks: number[];
}

/** Lets the graph go around the ranks that are lost or silent; ends with `settled`. */
export interface HealRequest {
  readonly type: 'heal';
  readonly request: number;
}

/** Ends the processes of these ranks as if they had died by themselves. */
export interface KillRequest {
  readonly type: 'kill';
  readonly ranks: number[];
}

/** From now on this client hears `stats` of every engine, or no more. */
export interface WatchRequest {
  readonly type: 'watch';
  readonly isOn: boolean;
  /** Defaults to nothing beside the state. */
  readonly wanted?: Wanted;
}

/** Ends the cluster; every client hears `closed`. */
export interface StopRequest {
  readonly type: 'stop';
}

export type FromClient =
  | ClientHello
  | TaskRequest
  | InterruptRequest
  | RestartRequest
  | HealRequest
  | KillRequest
  | WatchRequest
  | StopRequest;

/// Controller to client

export interface StateMessage {
  readonly type: 'state';
  readonly state: ClusterState;
}

/** What a rank printed or showed for a request. */
export interface OutputMessage {
  readonly type: 'output';
  readonly request: number;
  readonly rank: number;
  readonly outputs: Output[];
}

/** More ranks are done with a request; of the last ones `done` may tell. */
export interface ProgressMessage {
  readonly type: 'progress';
  readonly request: number;
  readonly ranks: number[];
  /** What each of them has given, which counts if the request succeeds; null for nothing. */
  readonly values: (Payload | null)[];
}

/** All ranks are done: the replies in the order of the request's ranks, their values apart. */
export interface DoneMessage {
  readonly type: 'done';
  readonly request: number;
  readonly replies: Reply[];
}

/** What a graph has been healed of. */
export interface Healed {
  /** The ranks that it goes around from now on, ascending. */
  readonly absent: number[];
  /** The topology that an engine has told last, with all ranks; null if none has told one. */
  readonly topology: PackedTopology | null;
}

/** A restart or a healing has ended. */
export interface SettledMessage {
  readonly type: 'settled';
  readonly request: number;
  readonly error?: CellError;
  /** The same error where the table has it. */
  readonly reason?: Reason;
  readonly healed?: Healed;
}

/** Something that whoever runs a cell should know: a stall, a lost engine. */
export interface NoticeMessage {
  readonly type: 'notice';
  readonly text: string;
  /** The request of this client that it concerns, if there is one. */
  readonly request: number | null;
}

/** What one engine tells of itself, to those who watch. */
export interface StatsMessage {
  readonly type: 'stats';
  readonly rank: number;
  readonly stats: EngineStats;
}

/** The cluster ends. */
export interface ClosedMessage {
  readonly type: 'closed';
  readonly reason: string;
}

export type ToClient =
  | StateMessage
  | OutputMessage
  | ProgressMessage
  | DoneMessage
  | SettledMessage
  | NoticeMessage
  | StatsMessage
  | ClosedMessage;

const isRanks = isListOf(isCount);
const isHealed: Check<Healed> = hasShape<Healed>({
  absent: isRanks,
  topology: isNullOr(isPackedTopology)
});

export const isFromClient: Check<FromClient> = isEither<FromClient>(
  hasShape<TaskRequest>({
    type: isOneOf('task'),
    request: isCount,
    ranks: isRanks,
    task: isTask
  }),
  hasShape<ClientHello>({
    type: isOneOf('hello'),
    role: isOneOf('client'),
    isWatching: isOptional(isFlag)
  }),
  hasShape<InterruptRequest>({ type: isOneOf('interrupt'), ranks: isRanks }),
  hasShape<RestartRequest>({ type: isOneOf('restart'), request: isCount, ranks: isRanks }),
  hasShape<HealRequest>({ type: isOneOf('heal'), request: isCount }),
  hasShape<KillRequest>({ type: isOneOf('kill'), ranks: isRanks }),
  hasShape<WatchRequest>({
    type: isOneOf('watch'),
    isOn: isFlag,
    wanted: isOptional(isWanted)
  }),
  hasShape<StopRequest>({ type: isOneOf('stop') })
);

export const isToClient: Check<ToClient> = isEither<ToClient>(
  hasShape<OutputMessage>({
    type: isOneOf('output'),
    request: isCount,
    rank: isCount,
    outputs: isListOf(isOutput)
  }),
  hasShape<ProgressMessage>({
    type: isOneOf('progress'),
    request: isCount,
    ranks: isRanks,
    values: isListOf(isNullOr(isPayload))
  }),
  hasShape<DoneMessage>({ type: isOneOf('done'), request: isCount, replies: isListOf(isReply) }),
  hasShape<StateMessage>({ type: isOneOf('state'), state: isClusterState }),
  hasShape<SettledMessage>({
    type: isOneOf('settled'),
    request: isCount,
    error: isOptional(isCellError),
    reason: isOptional(isReason),
    healed: isOptional(isHealed)
  }),
  hasShape<NoticeMessage>({ type: isOneOf('notice'), text: isText, request: isNullOr(isCount) }),
  hasShape<StatsMessage>({ type: isOneOf('stats'), rank: isCount, stats: isEngineStats }),
  hasShape<ClosedMessage>({ type: isOneOf('closed'), reason: isText })
);
