/** Real clusters from the built package, in a runtime folder of their own; none is left after the tests of a file. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect } from 'vitest';

import { Cluster, ClusterError, type StartOptions } from 'decentlab';

export { noticeWith, stateWhere } from './states.js';

const runtime = mkdtempSync(join(tmpdir(), 'decentlab-runtime-'));
process.env['JUPYTER_RUNTIME_DIR'] = runtime;
delete process.env['JPY_SESSION_NAME'];

const started: Cluster[] = [];

afterAll(async () => {
  await Promise.all(started.map(cluster => cluster.stop().catch(() => undefined)));
  rmSync(runtime, { recursive: true, force: true });
});

/** Where the cluster files of these tests are. */
export const clusterFiles = join(runtime, 'decentlab');

/** A running cluster that is stopped after the tests. */
export async function startCluster(options: StartOptions = {}): Promise<Cluster> {
  const cluster = await Cluster.start(options);
  started.push(cluster);
  return cluster;
}

/** The texts of the values that a cell ends with, by rank. */
export async function valuesOf(cluster: Cluster, cell: string): Promise<unknown[]> {
  const results = await cluster.execute(cell);
  return results.map(result => result.status === 'ok' && result.data?.['text/plain']);
}

/** The error of a call that has to fail on engines. */
export async function clusterErrorOf(call: PromiseLike<unknown>): Promise<ClusterError> {
  const error = await Promise.resolve(call).then(
    () => new Error('The call succeeded.'),
    (reason: unknown) => reason
  );
  expect(error).toBeInstanceOf(ClusterError);
  return error as ClusterError;
}

/** The codes of a call that fails, by rank; null where it does not. */
export function codesOf({ errors }: ClusterError, size: number): (string | null)[] {
  const codes = Array.from({ length: size }, (): string | null => null);
  for (const { rank, error } of errors) codes[rank] = error.code ?? error.name;
  return codes;
}

/** The process of the controller. */
export function controllerPid(cluster: Cluster): number {
  const file = readFileSync(join(clusterFiles, `${cluster.id}.json`), 'utf8');
  return (JSON.parse(file) as { pid: number }).pid;
}

/** The processes of the engines. */
export function enginePids(cluster: Cluster): number[] {
  return cluster.state.engines.map(({ pid }) => pid ?? Number.NaN);
}

/** Resolves once these processes are gone; they are not our children, so we can only look. */
export async function gone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive), { interval: 10 }).toEqual([]);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
