/** Where a result comes from: what was run, with which versions, when and from which commit. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isSchedule, type Schedule } from '../../mathematics/graph/schedules.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import type { Algorithm } from '../../mathematics/optim/algorithm.js';
import { packageVersion } from '../../package.js';
import type { ExperimentProblem } from './experiment.js';

/** What was run. */
export interface RunDescription {
  problem?: ExperimentProblem;
  algorithm?: Algorithm;
  topology?: Topology | Schedule;
  iterations?: number;
  /** Defaults to 0. */
  seed?: number;
  /** Anything of yours that JSON can hold. */
  notes?: unknown;
}

export interface Provenance {
  readonly format: 'decentlab-run';
  readonly formatVersion: 1;
  readonly versions: { readonly decentlab: string; readonly node: string };
  readonly platform: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** The commit of the folder that the program ran in, and whether files differed from it; null outside of git. */
  readonly git: { readonly commit: string; readonly isChanged: boolean } | null;
  readonly seed: number;
  readonly iterations: number | null;
  readonly algorithm: { readonly name: string; readonly options: unknown } | null;
  readonly problem: {
    readonly size: number;
    readonly dimension: number;
    readonly recipe: unknown;
  } | null;
  readonly topology: {
    readonly name: string;
    readonly size: number;
    readonly period: number;
  } | null;
  readonly notes: unknown;
}

/** The provenance of a run that ends now. */
export async function provenanceOf(run: RunDescription): Promise<Provenance> {
  const { problem, algorithm, topology, iterations, seed = 0, notes = null } = run;
  return {
    format: 'decentlab-run',
    formatVersion: 1,
    versions: { decentlab: packageVersion(), node: process.version },
    platform: `${process.platform} ${process.arch}`,
    date: new Date().toISOString(),
    git: await gitState(),
    seed,
    iterations: iterations ?? null,
    algorithm: algorithm ? { name: algorithm.name, options: describe(algorithm.options) } : null,
    problem: problem
      ? { size: problem.size, dimension: problem.dimension, recipe: describe(problem.recipe) }
      : null,
    topology: topology ? topologyOf(topology) : null,
    notes
  };
}

function topologyOf(topology: Topology | Schedule): Provenance['topology'] {
  const { name, size } = isSchedule(topology) ? topology(0) : topology;
  return { name, size, period: isSchedule(topology) ? topology.period : 1 };
}

/** Options and recipes as JSON: functions as their text, and large numbers of numbers as what they are. */
function describe(value: unknown): unknown {
  if (value === undefined) return null;
  const text = JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry === 'function') return String(entry);
    if (ArrayBuffer.isView(entry)) return `${entry.constructor.name}, ${entry.byteLength} bytes`;
    return entry;
  });
  return JSON.parse(text) as unknown;
}

async function gitState(): Promise<Provenance['git']> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { encoding: 'utf8' })).stdout.trim();
  try {
    const [commit, changes] = [await git('rev-parse', 'HEAD'), await git('status', '--porcelain')];
    return { commit, isChanged: changes !== '' };
  } catch {
    return null;
  }
}
