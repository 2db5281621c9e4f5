/** What processes are told on standard input when they start, and what the controller tells of its start. */
import {
  hasShape,
  isCount,
  isEither,
  isListOf,
  isNullOr,
  isOneOf,
  isOptional,
  isRecord,
  isText,
  type Check
} from './checks.js';
import { isClusterFile, type ClusterFile } from './cluster-file.js';
import type { LinkShape } from '../../mathematics/graph/link.js';
import { isLinkShape, settingsMembers, type ClusterSettings } from './settings.js';
import { isReason, type Reason } from './reason.js';
import { isPackedTopology, type PackedTopology } from './topology.js';

/** Standard input of a controller. */
export interface ControllerConfig extends ClusterSettings {
  readonly id: string;
  readonly token: string;
  /** Private to this cluster: sockets and logs. */
  readonly folder: string;
  readonly startedAt: string;
  readonly size: number;
  readonly name: string | null;
  /** Of each engine the variables of its environment that only it has: its device. */
  readonly environments?: readonly Environment[];
}

type Environment = Readonly<Record<string, string>>;

const isEnvironment: Check<Environment> = (value): value is Environment =>
  isRecord(value) && Object.values(value).every(isText);

/** Standard input of an engine. */
export interface EngineConfig {
  readonly rank: number;
  readonly size: number;
  readonly token: string;
  /** The controller's socket. */
  readonly address: string;
  readonly folder: string;
  readonly epoch: number;
  readonly stallAfter: number;
  readonly heartbeat: number;
  /** That of the other ranks, for one that comes later; null for the one to begin with. */
  readonly topology: PackedTopology | null;
  readonly topologyName?: string;
  readonly link?: LinkShape;
  readonly nodesPerMachine?: number;
  /** The address on which to listen for peers by TCP; a socket of the machine by default. */
  readonly host?: string;
}

/** A line of the controller's standard output while it starts. */
export type StartEvent =
  | { readonly type: 'progress'; readonly ready: number }
  | { readonly type: 'ready'; readonly file: ClusterFile }
  | { readonly type: 'failed'; readonly cause: string; readonly reason?: Reason };

export const isControllerConfig: Check<ControllerConfig> = hasShape<ControllerConfig>({
  ...settingsMembers,
  id: isText,
  token: isText,
  folder: isText,
  startedAt: isText,
  size: isCount,
  name: isNullOr(isText),
  environments: isOptional(isListOf(isEnvironment))
});

export const isEngineConfig: Check<EngineConfig> = hasShape<EngineConfig>({
  rank: isCount,
  size: isCount,
  token: isText,
  address: isText,
  folder: isText,
  epoch: isCount,
  stallAfter: isCount,
  heartbeat: isCount,
  topology: isNullOr(isPackedTopology),
  topologyName: isOptional(isText),
  link: isOptional(isLinkShape),
  nodesPerMachine: isOptional(isCount),
  host: isOptional(isText)
});

type EventOf<T extends StartEvent['type']> = Extract<StartEvent, { type: T }>;

export const isStartEvent: Check<StartEvent> = isEither<StartEvent>(
  hasShape<EventOf<'progress'>>({ type: isOneOf('progress'), ready: isCount }),
  hasShape<EventOf<'ready'>>({ type: isOneOf('ready'), file: isClusterFile }),
  hasShape<EventOf<'failed'>>({
    type: isOneOf('failed'),
    cause: isText,
    reason: isOptional(isReason)
  })
);
