/** Finds running clusters by their files, and removes the files of dead ones. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

import { DecentLabError } from '../../errors.js';
import {
  clusterFolder,
  FOLDER_PREFIX,
  isClusterFile,
  type ClusterFile
} from '../protocol/cluster-file.js';

/** The files of all clusters of this machine whose controller lives, newest first. */
export function listClusterFiles(): ClusterFile[] {
  const folder = clusterFolder();
  const files = readNames(folder)
    .filter(name => name.endsWith('.json'))
    .flatMap(name => read(join(folder, name)));
  return files.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/**
 * The file of the cluster with this id; without one, of the notebook's own cluster, else of the newest.
 * @throws CLUSTER_NOT_FOUND
 */
export function findClusterFile(id: string | undefined, name: string | null): ClusterFile {
  const files = listClusterFiles();
  const own = name === null ? undefined : files.find(file => file.name === name);
  const found = id === undefined ? (own ?? files[0]) : files.find(file => file.id === id);
  if (found) return found;
  throw new DecentLabError('CLUSTER_NOT_FOUND', { received: id ?? 'of this user' });
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No cluster has ever been started.
    return [];
  }
}

function read(path: string): ClusterFile[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // It went away meanwhile, or it is none of ours.
    return [];
  }
  // Of another machine with the same home folder nobody here knows what lives.
  if (!isClusterFile(content) || content.host !== hostname()) return [];
  if (isAlive(content.pid)) return [content];
  rmSync(path, { force: true });
  // A controller that was killed could not tidy up. The prefix guards against a path that is not ours.
  if (basename(content.folder).startsWith(FOLDER_PREFIX))
    rmSync(content.folder, { recursive: true, force: true });
  return [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
