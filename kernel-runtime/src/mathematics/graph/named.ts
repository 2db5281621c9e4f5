/** Every graph by its name on the command line, and graphs from files: one place for `topology`, `solve` and sweeps. */
import { existsSync } from 'node:fs';
import { DecentLabError } from '../../errors.js';
import { nearestNames } from '../math/nearest-names.js';
import {
  exponentialGraph,
  exponentialTwoGraph,
  ringGraph,
  symmetricExponentialGraph
} from './circulant.js';
import { baseGraph } from './base-graph.js';
import { innerOuterExponentialTwo, innerOuterRing, onePeer } from './dynamic.js';
import { equiDynamic, equiStatic } from './equi.js';
import { readTopology } from './files.js';
import { fullyConnectedGraph, meshGrid2DGraph, starGraph } from './grids.js';
import { erdosRenyiGraph, randomGeometricGraph } from './random-graphs.js';
import { isSchedule, scheduleOf, type Schedule } from './schedules.js';
import type { Topology } from './topology.js';
import { lazyWeights, metropolisWeights, pushWeights, uniformWeights } from './weights.js';

/** The options of all graphs, by the words of the command line. Each graph says which of them it takes. */
export interface TopologyOptions {
  /** The number of nodes. A file may leave it out. */
  size?: number;
  /** Of a graph that is drawn by chance; the others are the same for every seed. */
  seed?: number;
  /** Replaces the weights of any graph by others on the same links. */
  weights?: WeightRule;
  base?: number;
  center?: number;
  connect?: number;
  shape?: readonly [number, number];
  probability?: number;
  radius?: number;
  /** The basis graphs of equi-static and equi-dynamic; the largest degree of base-k. */
  degree?: number;
  eta?: number;
  directed?: boolean;
  period?: number;
  localSize?: number;
}

/** The weights that every graph can have instead of its own. */
export type WeightRule = 'metropolis' | 'uniform' | 'push' | 'lazy';

type OptionName = Exclude<keyof TopologyOptions, 'size' | 'seed' | 'weights'>;

interface Entry<G = Topology | Schedule> {
  readonly takes: readonly OptionName[];
  readonly make: (n: number, options: TopologyOptions) => G;
}

const STATIC: Readonly<Record<string, Entry<Topology>>> = {
  ring: {
    takes: ['connect'],
    make: (n, { connect }) => ringGraph(n, { connectStyle: connect as 0 | 1 | 2 })
  },
  star: { takes: ['center'], make: starGraph },
  'mesh-grid-2d': { takes: ['shape'], make: meshGrid2DGraph },
  exponential: { takes: ['base'], make: exponentialGraph },
  'exponential-two': { takes: [], make: exponentialTwoGraph },
  'symmetric-exponential': { takes: ['base'], make: symmetricExponentialGraph },
  'fully-connected': { takes: [], make: fullyConnectedGraph },
  'equi-static': { takes: ['degree', 'directed'], make: equiStatic },
  'erdos-renyi': { takes: ['probability'], make: erdosRenyiGraph },
  'random-geometric': { takes: ['radius'], make: randomGeometricGraph }
};

/** One peer at a time over each static graph: `one-peer-exponential`, `one-peer-ring`, … */
const ONE_PEER = Object.fromEntries(
  Object.entries(STATIC).map(([name, { takes, make }]): [string, Entry] => [
    `one-peer-${name}`,
    { takes, make: (n, options) => onePeer(make(n, options)) }
  ])
);

const ENTRIES: Readonly<Record<string, Entry>> = {
  ...STATIC,
  'equi-dynamic': { takes: ['degree', 'directed', 'eta', 'period'], make: equiDynamic },
  'base-k': { takes: ['degree'], make: (n, { degree }) => baseGraph(n, degree) },
  'inner-outer-ring': {
    takes: ['localSize'],
    make: (n, options) => innerOuterRing(n, localSizeOf(options))
  },
  'inner-outer-exponential-two': {
    takes: ['localSize'],
    make: (n, options) => innerOuterExponentialTwo(n, localSizeOf(options))
  },
  ...ONE_PEER
};

const RULES: Readonly<Record<WeightRule, (topology: Topology) => Topology>> = {
  metropolis: metropolisWeights,
  uniform: uniformWeights,
  push: pushWeights,
  lazy: lazyWeights
};

/** The names that `topologyNamed` knows. `one-peer-` before the name of a static graph is its one-peer schedule. */
export const topologyNames: readonly string[] = Object.keys(ENTRIES);

/**
 * The graph that a name or a file gives: a topology, or a schedule of topologies.
 * @param name one of `topologyNames`, or the path of a file (see `readTopology`)
 * @param options `size` is required with a name; `seed` is accepted by every graph
 * @throws TOPOLOGY_UNKNOWN when it is neither a name nor a file
 * @throws VALUE_INVALID without a size, for an option that the graph does not take or a value that it refuses
 */
export function topologyNamed(name: string, options: TopologyOptions = {}): Topology | Schedule {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined)
  ) as TopologyOptions;
  return reweighted(graphOf(name, given), given.weights);
}

/** The one graph of `size` nodes that a name gives. @throws as topologyNamed; VALUE_INVALID for a schedule of graphs */
export function staticTopologyNamed(name: string, size: number): Topology {
  const graph = topologyNamed(name, { size });
  if (isSchedule(graph)) throw invalid('The topology', 'one graph, not a schedule of graphs', name);
  return graph;
}

function graphOf(name: string, given: TopologyOptions): Topology | Schedule {
  const entry = Object.hasOwn(ENTRIES, name) ? ENTRIES[name] : undefined;
  if (!entry && existsSync(name)) {
    assertTaken(name, given, ['directed']);
    return readTopology(name, given);
  }
  if (!entry) throw unknownName(name);
  assertTaken(name, given, entry.takes);
  if (given.size !== undefined) return entry.make(given.size, given);
  throw invalid(`The topology ${name}`, 'a size, the number of nodes', 'none');
}

function reweighted(graph: Topology | Schedule, rule?: WeightRule): Topology | Schedule {
  if (rule === undefined) return graph;
  if (!Object.hasOwn(RULES, rule)) {
    throw invalid('The weights of a topology', Object.keys(RULES).join(', '), rule);
  }
  const change = RULES[rule];
  return isSchedule(graph) ? scheduleOf(graph.period, k => change(graph(k))) : change(graph);
}

function localSizeOf({ localSize }: TopologyOptions): number {
  if (localSize !== undefined) return localSize;
  throw invalid('An inner-outer topology', 'localSize, the ranks of a machine', 'none');
}

function unknownName(name: string): DecentLabError {
  const near = nearestNames(name, topologyNames);
  const names =
    near.length > 0
      ? `the nearest are ${near.join(', ')}`
      : `the names are ${topologyNames.join(', ')}`;
  return new DecentLabError('TOPOLOGY_UNKNOWN', { received: name, names });
}

/** An option without effect would make two different commands give one graph in silence. */
function assertTaken(name: string, given: TopologyOptions, takes: readonly OptionName[]): void {
  const allowed: readonly string[] = ['size', 'seed', 'weights', ...takes];
  const odd = Object.keys(given).find(option => !allowed.includes(option));
  if (odd === undefined) return;
  const expected = takes.length > 0 ? `no other options than ${takes.join(', ')}` : 'no options';
  throw invalid(`The topology ${name}`, `${expected} beside size, seed and weights`, odd);
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
