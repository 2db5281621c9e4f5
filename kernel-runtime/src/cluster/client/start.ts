/** Starts a controller as a process of its own, which outlives the notebook. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { DecentLabError } from '../../errors.js';
import { programFile } from '../../package.js';
import { privateFolder } from '../../platform.js';
import { assertEngineLimit, limitedEnvironment } from '../launch/limits.js';
import { assertRoom } from '../launch/room.js';
import { FOLDER_PREFIX, type ClusterFile } from '../protocol/cluster-file.js';
import type { Reason } from '../protocol/reason.js';
import { isStartEvent, type ControllerConfig, type StartEvent } from '../protocol/start.js';
import { listClusterFiles } from './cluster-files.js';
import { planCompute, type Compute } from './compute.js';
import type { OnProgress } from './progress.js';
import { settingsOf, type SettingsOptions } from './settings.js';

export interface ControllerOptions extends SettingsOptions {
  /** How many engines. Defaults to 4. */
  engines?: number;
  /** The notebook's session, by which a restarted kernel finds its cluster. Defaults to JPY_SESSION_NAME. */
  name?: string | null;
  /** Starts engines that do not fit into the free memory, too. Defaults to false, which is MEMORY_SHORT then. */
  ignoreMemory?: boolean;
}

const LOG_FILE = 'controller.log';
const LOG_TAIL_CHARACTERS = 2000;
const TOKEN_BYTES = 32;

/**
 * @throws VALUE_INVALID, LIMITS_INVALID, BACKEND_MISSING, BACKEND_DEVICE, DEVICE_MISSING; CLUSTER_NOT_STARTED with what
 * the processes said
 */
export async function startController(
  options: ControllerOptions & { engines: number },
  onProgress: OnProgress
): Promise<ClusterFile> {
  const compute = await planCompute(options);
  const config = toConfig(options, compute);
  const log = openSync(join(config.folder, LOG_FILE), 'a', 0o600);
  const child = spawn(process.execPath, [programFile('controller')], {
    detached: true,
    cwd: config.cwd,
    env: { ...limitedEnvironment(), ...compute.environment },
    stdio: ['pipe', 'pipe', log]
  });
  closeSync(log);
  // The pipe breaks if the process cannot start; its exit tells the story.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(config));
  try {
    return await waitUntilReady(child, config, onProgress);
  } catch (error) {
    rmSync(config.folder, { recursive: true, force: true });
    throw error;
  } finally {
    child.stdout?.destroy();
    child.unref();
  }
}

function toConfig(
  options: ControllerOptions & { engines: number },
  { environments }: Compute
): ControllerConfig {
  const { engines, name = null } = options;
  const settings = settingsOf(options, engines);
  return {
    ...settings,
    id: randomUUID().slice(0, 8),
    token: randomBytes(TOKEN_BYTES).toString('hex'),
    folder: privateFolder(FOLDER_PREFIX),
    startedAt: new Date().toISOString(),
    size: engines,
    environments,
    name
  };
}

/**
 * Whether so many engines may start here, and fit.
 * @param replaced engines that end before these start
 * @throws LIMIT_REACHED, LIMITS_INVALID, MEMORY_SHORT
 */
export function assertAllowed(
  { engines, ignoreMemory }: ControllerOptions & { engines: number },
  replaced: number
): void {
  assertEngineLimit(engines, runningEngines() - replaced);
  if (ignoreMemory !== true) assertRoom(engines, replaced);
}

/**
 * Whether there is such a graph, before anything is stopped or started for it.
 * @throws TOPOLOGY_UNKNOWN, VALUE_INVALID, FILE_INVALID
 */
export async function assertTopology(
  { topology, cwd = process.cwd() }: ControllerOptions,
  engines: number
): Promise<void> {
  if (topology === undefined) return;
  const { staticTopologyNamed } = await import('../../mathematics/graph/named.js');
  // Engines look for a file in the folder that they run in.
  const file = resolve(cwd, topology);
  staticTopologyNamed(existsSync(file) ? file : topology, engines);
}

/** Those of this user, in all clusters. */
function runningEngines(): number {
  return listClusterFiles().reduce((sum, { size }) => sum + size, 0);
}

/** The controller prints one line of JSON for each event, until it is ready or has failed. */
function waitUntilReady(
  child: ChildProcess,
  config: ControllerConfig,
  onProgress: OnProgress
): Promise<ClusterFile> {
  return new Promise((resolve, reject) => {
    const fail = (cause: string, detail: { how?: string; reason?: Reason } = {}): void =>
      reject(new DecentLabError('CLUSTER_NOT_STARTED', { cause, ...detail }));
    child.once('error', error => fail(error.message));
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      fail(`its controller ended with ${how} ${readLog(config.folder)}`.trim(), { how });
    });
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', line => {
      const event = parse(line);
      if (event?.type === 'progress') onProgress({ ready: event.ready, size: config.size });
      if (event?.type === 'failed') fail(event.cause, event.reason && { reason: event.reason });
      if (event?.type === 'ready') {
        child.removeAllListeners();
        resolve(event.file);
      }
    });
  });
}

/** What the controller has said last; nothing once it has removed its folder. */
function readLog(folder: string): string {
  try {
    return readFileSync(join(folder, LOG_FILE), 'utf8').trim().slice(-LOG_TAIL_CHARACTERS);
  } catch {
    return '';
  }
}

function parse(line: string): StartEvent | undefined {
  const event: unknown = JSON.parse(line);
  return isStartEvent(event) ? event : undefined;
}
