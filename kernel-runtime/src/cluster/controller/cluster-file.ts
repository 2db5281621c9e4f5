/** Keeps the cluster file: written when engines come and go, removed at the end. */
import { mkdirSync, rmSync } from 'node:fs';

import { writePrivateFile } from '../../platform.js';
import { clusterFilePath, clusterFolder, type ClusterFile } from '../protocol/cluster-file.js';
import type { EngineState } from '../protocol/state.js';

/** Writes the file anew. What changes with every cell is left out: an engine at work counts as idle. */
export function writeClusterFile(file: ClusterFile): void {
  mkdirSync(clusterFolder(), { recursive: true, mode: 0o700 });
  const engines = file.engines.map(toLasting);
  writePrivateFile(clusterFilePath(file.id), JSON.stringify({ ...file, engines }, null, 2));
}

/** What the file says of the engines, to see whether it has to be written anew. */
export function lastingState(engines: readonly EngineState[]): string {
  return JSON.stringify(engines.map(toLasting));
}

/** Removes the file of a cluster that has ended; no error when it is gone already. */
export function removeClusterFile(id: string): void {
  rmSync(clusterFilePath(id), { force: true });
}

function toLasting(engine: EngineState): EngineState {
  const isAtWork = engine.state === 'busy' || engine.state === 'waiting';
  if (!isAtWork) return engine;
  const { rank, pid, log } = engine;
  return { rank, pid, state: 'idle', ...(log === undefined ? {} : { log }) };
}
