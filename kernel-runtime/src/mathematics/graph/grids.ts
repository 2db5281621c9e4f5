/** Topologies with a shape: star, two-dimensional grid, complete graph. */
import { DecentLabError } from '../../errors.js';
import { ones, scale } from '../math/vectors.js';
import { assertWhole } from './checks.js';
import { topologyFromEdges, type Edge } from './edges.js';
import type { Topology } from './topology.js';

export interface StarOptions {
  /** The rank in the middle. Defaults to 0. */
  center?: number;
}

/**
 * A star: every node is linked with the centre by weight 1/n.
 * @throws VALUE_INVALID for n < 1 or a centre that is no rank
 */
export function starGraph(n: number, { center = 0 }: StarOptions = {}): Topology {
  assertWhole('starGraph(n)', n, 1);
  assertWhole('starGraph, center', center, 0, n - 1);
  const leaves = Array.from({ length: n }, (_, i) => i).filter(i => i !== center);
  return topologyFromEdges(
    'star',
    n,
    leaves.map(leaf => [center, leaf])
  );
}

export interface MeshOptions {
  /** Rows and columns. Defaults to the most square shape with n nodes. */
  shape?: readonly [number, number];
}

/**
 * A rows x columns grid with Metropolis weights; node r · columns + c stands in row r, column c.
 * @throws VALUE_INVALID for n < 1 or a shape without n places
 */
export function meshGrid2DGraph(n: number, { shape }: MeshOptions = {}): Topology {
  assertWhole('meshGrid2DGraph(n)', n, 1);
  const [rows, columns] = shape ?? mostSquare(n);
  if (rows * columns !== n) {
    throw new DecentLabError('VALUE_INVALID', {
      what: 'meshGrid2DGraph, shape',
      expected: `rows x columns = ${n}`,
      received: `${rows} x ${columns} = ${rows * columns}`
    });
  }
  const edges: Edge[] = [];
  for (let node = 0; node < n; node++) {
    if ((node + 1) % columns !== 0) edges.push([node, node + 1]);
    if (node + columns < n) edges.push([node, node + columns]);
  }
  return topologyFromEdges('mesh-grid-2d', n, edges);
}

/** Every node hears every node: W = 11ᵀ/n, one step is the exact average. */
export function fullyConnectedGraph(n: number): Topology {
  assertWhole('fullyConnectedGraph(n)', n, 1);
  return { name: 'fully-connected', size: n, W: scale(1 / n, ones(n, n)) };
}

function mostSquare(n: number): [number, number] {
  let rows = Math.floor(Math.sqrt(n));
  while (n % rows !== 0) rows--;
  return [rows, n / rows];
}
