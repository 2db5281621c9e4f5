/** How a cluster was asked to be: told to its controller, and kept in its file for whoever would have it again. */
import type { LinkShape } from '../../mathematics/graph/link.js';
import { isCount, isListOf, isOneOf, isOptional, isRecord, isText, type Check } from './checks.js';

/** Sockets of the machine (named pipes on Windows), or ports of its loopback address. */
export const TRANSPORTS = ['unix', 'tcp'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface ClusterSettings {
  readonly cwd: string;
  /** Milliseconds without any client after which everything ends. */
  readonly idleLimit: number;
  /** Milliseconds after which a call that still waits is reported. */
  readonly stallAfter: number;
  /** Milliseconds after which a process that gives no sign of life is silent. */
  readonly heartbeat: number;
  /** Options of Node for the engines. */
  readonly execArgv: string[];
  /** The name of the first topology; the exponential graph of base 2 by default. */
  readonly topologyName?: string;
  /** What the links between engines shall cost; nothing by default. */
  readonly link?: LinkShape;
  /** What carries the links between engines; `unix` by default. */
  readonly transport?: Transport;
  /** How many engines count as one machine; all by default. */
  readonly nodesPerMachine?: number;
  /** Which backend of TensorFlow.js computes on the engines; that of the environment by default. */
  readonly backend?: string;
  /** On which devices; as the backend can by default. */
  readonly devices?: string;
}

/** Its figures were checked where they were given. */
export const isLinkShape = (value: unknown): value is LinkShape => isRecord(value);

/** The members of the settings, for messages and files that hold more. */
export const settingsMembers: { [Name in keyof ClusterSettings]-?: Check<ClusterSettings[Name]> } =
  {
    cwd: isText,
    idleLimit: isCount,
    stallAfter: isCount,
    heartbeat: isCount,
    execArgv: isListOf(isText),
    topologyName: isOptional(isText),
    link: isOptional(isLinkShape),
    transport: isOptional(isOneOf(...TRANSPORTS)),
    nodesPerMachine: isOptional(isCount),
    backend: isOptional(isText),
    devices: isOptional(isText)
  };
