/** The graphs by their names on the command line, and graphs from files. */
import { existsSync, readFileSync } from 'node:fs';
import { DecentLabError } from '../../errors.js';
import {
  exponentialGraph,
  exponentialTwoGraph,
  ringGraph,
  symmetricExponentialGraph
} from '../../mathematics/graph/circulant.js';
import {
  topologyFromEdges,
  topologyFromWeights,
  type Edge
} from '../../mathematics/graph/edges.js';
import { fullyConnectedGraph, meshGrid2DGraph, starGraph } from '../../mathematics/graph/grids.js';
import { erdosRenyiGraph, randomGeometricGraph } from '../../mathematics/graph/random-graphs.js';
import { onePeerExponential, type Schedule } from '../../mathematics/graph/schedules.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import { wholeNumber } from './arguments.js';

export const TOPOLOGY_OPTIONS = {
  size: { type: 'string' },
  base: { type: 'string' },
  center: { type: 'string' },
  connect: { type: 'string' },
  shape: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' }
} as const;

export type TopologyValues = {
  readonly [option in Exclude<keyof typeof TOPOLOGY_OPTIONS, 'json'>]?: string;
};

type Maker = (n: number, values: TopologyValues) => Topology | Schedule;

const MAKERS: Readonly<Record<string, Maker>> = {
  ring: (n, { connect }) => ringGraph(n, { connectStyle: connectStyle(connect) }),
  star: (n, { center }) => starGraph(n, { center: wholeNumber(center, '--center') }),
  'mesh-grid-2d': (n, { shape }) => meshGrid2DGraph(n, { shape: gridShape(shape) }),
  exponential: (n, { base }) => exponentialGraph(n, { base: wholeNumber(base, '--base') }),
  'exponential-two': n => exponentialTwoGraph(n),
  'symmetric-exponential': (n, { base }) =>
    symmetricExponentialGraph(n, { base: wholeNumber(base, '--base') }),
  'fully-connected': n => fullyConnectedGraph(n),
  'one-peer-exponential': n => onePeerExponential(n),
  'erdos-renyi': (n, { seed }) => erdosRenyiGraph(n, { seed: wholeNumber(seed, '--seed') }),
  'random-geometric': (n, { seed }) =>
    randomGeometricGraph(n, { seed: wholeNumber(seed, '--seed') })
};

/**
 * The graph that a name or a file gives. Throws OPTION_INVALID when there is no name or no size, and
 * TOPOLOGY_UNKNOWN when it is neither a name nor a file.
 */
export function topologyNamed(
  name: string | undefined,
  values: TopologyValues,
  usage: string
): Topology | Schedule {
  if (name === undefined) {
    throw new DecentLabError('OPTION_INVALID', { received: 'no name', usage: `\`${usage}\`` });
  }
  const size = wholeNumber(values.size, '--size');
  const maker = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (!maker && existsSync(name)) return topologyFromFile(name, size);
  if (!maker) {
    const names = Object.keys(MAKERS).join(', ');
    throw new DecentLabError('TOPOLOGY_UNKNOWN', { received: name, names });
  }
  if (size === undefined) {
    throw new DecentLabError('OPTION_INVALID', { received: 'no --size', usage: `\`${usage}\`` });
  }
  return maker(size, values);
}

/** Tells a schedule of topologies from a single one. */
export function isSchedule(graph: Topology | Schedule): graph is Schedule {
  return typeof graph === 'function';
}

/** A file holds W as JSON rows, or one edge `i j` a line. */
function topologyFromFile(file: string, size: number | undefined): Topology {
  const text = readFileSync(file, 'utf8').trim();
  if (text.startsWith('[')) return topologyFromWeights(file, JSON.parse(text) as number[][]);
  const edges = text.split('\n').map((line, index) => edgeOf(line, `${file}, line ${index + 1}`));
  return topologyFromEdges(file, size ?? 1 + Math.max(...edges.flat()), edges);
}

function edgeOf(line: string, what: string): Edge {
  const [i, j] = line
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (Number.isInteger(i) && Number.isInteger(j)) return [i, j] as Edge;
  throw new DecentLabError('VALUE_INVALID', { what, expected: 'two ranks', received: line });
}

function connectStyle(text: string | undefined): 0 | 1 | 2 | undefined {
  return wholeNumber(text, '--connect') as 0 | 1 | 2 | undefined;
}

function gridShape(text: string | undefined): [number, number] | undefined {
  if (text === undefined) return undefined;
  const [rows, columns] = text.split(/[,x]/).map(part => wholeNumber(part, '--shape'));
  return [rows ?? 0, columns ?? 0];
}
