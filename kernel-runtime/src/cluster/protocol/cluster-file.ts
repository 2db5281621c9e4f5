/** The cluster file: how a notebook finds a running cluster. It holds the token, so only its owner may read it. */
import { join } from 'node:path';

import { jupyterRuntimeFolder } from '../../platform.js';
import { hasShape, isCount, isText, type Check } from './checks.js';
import { settingsMembers, type ClusterSettings } from './settings.js';
import { clusterStateMembers, type ClusterState } from './state.js';

/** How the names of the private folders begin. */
export const FOLDER_PREFIX = 'decentlab-';

export interface ClusterFile extends ClusterState, ClusterSettings {
  /** The machine that it runs on: a home folder may be shared by several. */
  readonly host: string;
  /** Of the controller. */
  readonly pid: number;
  /** The socket that the controller listens on. */
  readonly address: string;
  /** Private to this cluster: sockets and logs. */
  readonly folder: string;
  /** 256 bits, hexadecimal. */
  readonly token: string;
}

export const isClusterFile: Check<ClusterFile> = hasShape<ClusterFile>({
  ...clusterStateMembers,
  host: isText,
  ...settingsMembers,
  pid: isCount,
  address: isText,
  folder: isText,
  token: isText
});

/** The folder of all cluster files of this user. */
export function clusterFolder(): string {
  return join(jupyterRuntimeFolder(), 'decentlab');
}

/** Where the file of one cluster is. */
export function clusterFilePath(id: string): string {
  return join(clusterFolder(), `${id}.json`);
}
