/** What the kernel tells of its clusters, checked at the door, and what the panel asks of it. */

export const clustersTarget = 'decentlab:clusters';

export const engineStates = [
  'starting',
  'idle',
  'busy',
  'waiting',
  'silent',
  'lost',
  'stopped'
] as const;
export type EngineStateName = (typeof engineStates)[number];

export interface EngineState {
  rank: number;
  pid: number;
  state: EngineStateName;
  /** What the engine does or why it is lost, in words. */
  detail?: string;
}

export interface ClusterState {
  id: string;
  size: number;
  epoch: number;
  engines: EngineState[];
}

/** A push from the kernel: all clusters and the one that the notebook uses. */
export interface ClustersPush {
  clusters: ClusterState[];
  current?: string | null;
}

export type ClusterRequest =
  { action: 'stop' | 'interrupt'; id: string } | { action: 'restart'; id: string; rank: number };

/** Whether a comm message holds a list of clusters; what the kernel sends is checked at this door. */
export function isClustersPush(value: unknown): value is ClustersPush {
  return isRecord(value) && Array.isArray(value['clusters']) && value['clusters'].every(isCluster);
}

function isCluster(value: unknown): value is ClusterState {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    typeof value['size'] === 'number' &&
    typeof value['epoch'] === 'number' &&
    Array.isArray(value['engines']) &&
    value['engines'].every(isEngine)
  );
}

function isEngine(value: unknown): value is EngineState {
  const states: readonly unknown[] = engineStates;
  return isRecord(value) && typeof value['rank'] === 'number' && states.includes(value['state']);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
