/** The settings of a cluster: options with their defaults, and what differs between those of two. */
import { isDeepStrictEqual } from 'node:util';

import { DecentLabError } from '../../errors.js';
import { chooseBackend } from '../../mathematics/tensor/choice.js';
import { parseDevices } from '../../mathematics/tensor/devices.js';
import { allowedIdle } from '../launch/limits.js';
import type { ClusterSettings } from '../protocol/settings.js';
import { linkConfig, type LinkSettings } from './link-settings.js';

export interface SettingsOptions {
  /** The folder that engines run in. Defaults to this process's own. */
  cwd?: string;
  /** Milliseconds without any client after which everything ends. Defaults to 60,000. */
  idleLimit?: number;
  /** Milliseconds after which a call that still waits is reported. Defaults to 5,000. */
  stallAfter?: number;
  /** Milliseconds within which a frozen or cut off process is found. Defaults to 5,000. */
  heartbeat?: number;
  /** The topology that engines begin with, by its name on the command line. Defaults to `exponential-two`. */
  topology?: string;
  /**
   * What carries the links between engines, `transport: 'unix' | 'tcp'`; and what slows them down, in the words of the
   * simulator: bandwidth of each engine in bit/s, latency in ms, stragglers (their transfers; they compute as fast as
   * they do), edges that differ. Defaults to sockets of the machine, as fast as they are.
   */
  link?: LinkSettings;
  /** How many engines count as one machine, for the operations inside machines and between them. Defaults to all. */
  nodesPerMachine?: number;
  /**
   * What computes tensors on the engines: `tensorflow`, `torch`, `webgpu`, `wasm`, `cpu`, or `auto`, the fastest that is
   * set up. Defaults to this process's own.
   */
  backend?: string;
  /**
   * On which devices: `cpu`, `gpu` (engines are spread over all GPUs), some of them as in `gpu:0,2`, or `auto`: GPUs of
   * NVIDIA where the backend can use them, else the processor. Defaults to `auto`.
   */
  devices?: string;
  /** Options of Node for the engines, e.g. `['--max-old-space-size=4096']`. */
  execArgv?: readonly string[];
}

const IDLE_LIMIT_MS = 60_000;
const STALL_AFTER_MS = 5_000;
const HEARTBEAT_MS = 5_000;
/** Engines give a sign of life each fifth of the limit: less would be all that they do. */
const LEAST_HEARTBEAT_MS = 100;
/** More makes a timer of Node's fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The settings that so many engines are asked to have. @throws VALUE_INVALID, LIMITS_INVALID */
export function settingsOf(options: SettingsOptions, engines: number): ClusterSettings {
  const { cwd = process.cwd(), execArgv = [], topology, link = {}, nodesPerMachine } = options;
  const { idleLimit = IDLE_LIMIT_MS, stallAfter = STALL_AFTER_MS } = options;
  const { heartbeat = HEARTBEAT_MS, backend, devices } = options;
  assertAtLeast('engines', engines, 1);
  assertTime('heartbeat', heartbeat, LEAST_HEARTBEAT_MS);
  assertTime('stallAfter', stallAfter, 0);
  assertTime('idleLimit', idleLimit, 0);
  assertDivides(nodesPerMachine ?? engines, engines);
  return {
    ...{ cwd, idleLimit: allowedIdle(idleLimit), stallAfter, heartbeat, execArgv: [...execArgv] },
    ...(topology === undefined ? {} : { topologyName: topology }),
    ...linkConfig(engines, link),
    ...(nodesPerMachine === undefined ? {} : { nodesPerMachine }),
    ...(backend === undefined
      ? {}
      : { backend: chooseBackend(backend, parseDevices(devices).kinds).backend.name }),
    ...(devices === undefined || devices === 'auto' ? {} : { devices })
  };
}

/** By the names of `Cluster.start`. */
const SETTINGS = {
  topology: 'topologyName',
  link: 'link',
  transport: 'transport',
  nodesPerMachine: 'nodesPerMachine',
  backend: 'backend',
  devices: 'devices',
  execArgv: 'execArgv',
  stallAfter: 'stallAfter',
  heartbeat: 'heartbeat',
  idleLimit: 'idleLimit',
  cwd: 'cwd'
} as const satisfies Record<string, keyof ClusterSettings>;

/** What differs between a cluster that runs and what is asked for: `link { latency: 5 }, not the default`; none if equal. */
export function differences(running: ClusterSettings, asked: ClusterSettings): string[] {
  return Object.entries(SETTINGS).flatMap(([name, key]) =>
    isDeepStrictEqual(running[key], asked[key])
      ? []
      : [`${name} ${inWords(running[key])}, not ${inWords(asked[key])}`]
  );
}

function inWords(value: unknown): string {
  return value === undefined ? 'by default' : JSON.stringify(value);
}

function assertAtLeast(name: string, received: number, least: number): void {
  if (Number.isInteger(received) && received >= least) return;
  const what = `Cluster.start, ${name}`;
  const expected = `a whole number >= ${least}`;
  throw new DecentLabError('VALUE_INVALID', { what, expected, received });
}

function assertTime(name: string, received: number, least: number): void {
  if (Number.isInteger(received) && received >= least && received <= LONGEST_MS) return;
  const what = `Cluster.start, ${name}`;
  const expected = `whole milliseconds from ${least} to ${LONGEST_MS}`;
  throw new DecentLabError('VALUE_INVALID', { what, expected, received });
}

function assertDivides(nodesPerMachine: number, engines: number): void {
  if (nodesPerMachine >= 1 && engines % nodesPerMachine === 0) return;
  throw new DecentLabError('VALUE_INVALID', {
    what: 'Cluster.start, nodesPerMachine',
    expected: `a whole number that divides ${engines}, the number of engines`,
    received: nodesPerMachine
  });
}
