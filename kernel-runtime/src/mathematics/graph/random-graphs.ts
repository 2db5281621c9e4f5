/** Random topologies by seed: Erdős–Rényi and geometric graphs with Metropolis weights, redrawn until connected. */
import { DecentLabError } from '../../errors.js';
import { random, type RandomStream } from '../math/random.js';
import { assertWhole } from './checks.js';
import { isConnected } from './connected.js';
import { topologyFromEdges, type Edge } from './edges.js';
import type { Topology } from './topology.js';

const MOST_DRAWS = 100;

export interface ErdosRenyiOptions {
  /** Of each link. Defaults to 2 ln(n) / n, above the threshold of connectedness. */
  probability?: number;
  /** Defaults to 0. */
  seed?: number;
}

/**
 * Every pair of nodes is linked with the same probability (Erdős and Rényi 1959).
 * @throws VALUE_INVALID if 100 draws give no connected graph
 */
export function erdosRenyiGraph(n: number, options: ErdosRenyiOptions = {}): Topology {
  assertWhole('erdosRenyiGraph(n)', n, 1);
  const { probability = Math.min(1, (2 * Math.log(n)) / n || 1), seed = 0 } = options;
  const draw = (stream: RandomStream): Edge[] =>
    pairs(n).filter(() => stream.uniform() < probability);
  return drawConnected({ name: 'erdos-renyi', n, seed, draw, knob: `probability ${probability}` });
}

export interface GeometricOptions {
  /** Nodes closer than this are linked. Defaults to sqrt(2 ln(n) / n). */
  radius?: number;
  /** Defaults to 0. */
  seed?: number;
}

/**
 * Nodes at random places of the unit square, linked when they are near (Gilbert 1961): a network of sensors.
 * @throws VALUE_INVALID if 100 draws give no connected graph
 */
export function randomGeometricGraph(n: number, options: GeometricOptions = {}): Topology {
  assertWhole('randomGeometricGraph(n)', n, 1);
  const { radius = Math.sqrt((2 * Math.log(n)) / n) || 1, seed = 0 } = options;
  const draw = (stream: RandomStream): Edge[] => {
    const x = stream.uniform(n);
    const y = stream.uniform(n);
    return pairs(n).filter(([i, j]) => Math.hypot(x[i] - x[j], y[i] - y[j]) < radius);
  };
  return drawConnected({ name: 'random-geometric', n, seed, draw, knob: `radius ${radius}` });
}

interface Draw {
  name: string;
  n: number;
  seed: number;
  draw: (stream: RandomStream) => Edge[];
  knob: string;
}

function drawConnected({ name, n, seed, draw, knob }: Draw): Topology {
  const stream = random(seed);
  for (let k = 0; k < MOST_DRAWS; k++) {
    const topology = topologyFromEdges(name, n, draw(stream));
    if (isConnected(topology)) return topology;
  }
  throw new DecentLabError('VALUE_INVALID', {
    what: `${name} with ${n} nodes`,
    expected: `a value that gives a connected graph within ${MOST_DRAWS} draws`,
    received: knob
  });
}

function pairs(n: number): Edge[] {
  const all: Edge[] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) all.push([i, j]);
  return all;
}
