/** A graph that somebody draws: W by a rule on its links, what it is worth, the code that makes it; and setting it. */
import { DecentLabError } from '../../errors.js';
import { topologyFromEdges, topologyFromWeights } from '../../mathematics/graph/edges.js';
import { destinationsFromSources } from '../../mathematics/graph/infer.js';
import {
  packTopology,
  unpackTopology,
  type PackedTopology
} from '../../mathematics/graph/packed.js';
import { spectrum } from '../../mathematics/graph/spectrum.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import type { CellError } from '../protocol/cell.js';
import { hasShape, isCount, isListOf, isOneOf, type Check } from '../protocol/checks.js';
import type { Cluster } from './cluster.js';

/** `metropolis`: Metropolis–Hastings, doubly stochastic; `averaging`: each receiver averages what comes in. */
export type DrawingRule = 'metropolis' | 'averaging';

export interface Drawing {
  readonly size: number;
  /** By rank, the ranks that it takes from, ascending. */
  readonly sources: readonly (readonly number[])[];
  readonly rule: DrawingRule;
}

export interface DrawnTopology {
  readonly topology: PackedTopology;
  /** ‖W − 11ᵀ/n‖₂; null for a graph that is too large to know it at once. */
  readonly rho: number | null;
  /** The cell that sets it. */
  readonly code: string;
}

/** Eigenvalues of larger graphs would let the kernel stop for a moment at each stroke. */
const LARGEST = 128;
const NAME = 'drawn';

export const isDrawing: Check<Drawing> = hasShape<Drawing>({
  size: isCount,
  sources: isListOf(isListOf(isCount)),
  rule: isOneOf('metropolis', 'averaging')
});

/**
 * The topology of a drawing.
 * @throws VALUE_INVALID for a rank that is none, is named twice, or names itself
 */
export function drawnTopology(drawing: Drawing): DrawnTopology {
  const { topology, code } = made(drawing);
  return {
    topology: packTopology(topology),
    rho: topology.size <= LARGEST ? spectrum(topology).rho : null,
    code: `%%px\nsetTopology(${code});`
  };
}

interface RefusalDetail {
  readonly rank: number;
  /** Of the link that was to be cut. */
  readonly from?: number;
  readonly to?: number;
}

/** What a rank said when it refused; `code` is that of the table of errors, if it is there. */
class RankRefusal extends Error {
  readonly code: string | undefined;
  readonly detail: RefusalDetail;

  constructor({ message, code }: CellError, detail: RefusalDetail) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/**
 * Sets a topology on all engines of a cluster, between two cells.
 * @throws RANKS_BUSY while a cell runs; TOPOLOGY_FROZEN, in the words of the first rank that has windows
 */
export async function setTopologyOn(cluster: Cluster, topology: PackedTopology): Promise<void> {
  const ranks = cluster.state.engines
    .filter(({ state }) => state === 'busy' || state === 'waiting')
    .map(({ rank }) => rank);
  if (ranks.length > 0) throw new DecentLabError('RANKS_BUSY', { ranks });
  const { name, W } = unpackTopology(topology);
  const rows = Array.from({ length: W.rows }, (_, i) => Array.from(W.row(i)));
  const given = `${JSON.stringify(name)}, ${JSON.stringify(rows)}`;
  // First what changes nothing and is refused where windows are: no rank may have another W than the others.
  await onAll(cluster, 'setTopology(loadTopology())');
  await onAll(cluster, `setTopology(topologyFromWeights(${given}))`);
}

/**
 * Takes the link between two ranks away, in both directions; an engine at work finishes its cell first.
 * @throws in the words of the first rank that refuses: TOPOLOGY_FROZEN, VALUE_INVALID
 */
export async function cutLinkOn(cluster: Cluster, i: number, j: number): Promise<void> {
  await onAll(cluster, 'setTopology(loadTopology())');
  await onAll(cluster, `setTopology(withoutLink(loadTopology(), ${i}, ${j}))`, { from: i, to: j });
}

async function onAll(
  cluster: Cluster,
  js: string,
  detail: Omit<RefusalDetail, 'rank'> = {}
): Promise<void> {
  const results = await cluster.execute({ name: 'topology', js: `${js}; void 0` });
  for (const [rank, result] of results.entries())
    if (result.status === 'error') throw new RankRefusal(result.error, { rank, ...detail });
}

function made({ size, sources, rule }: Drawing): { topology: Topology; code: string } {
  if (rule === 'averaging') {
    const { W } = destinationsFromSources(sources);
    const from = `destinationsFromSources(${JSON.stringify(sources)}).W`;
    return {
      topology: topologyFromWeights(NAME, W),
      code: `topologyFromWeights('${NAME}', ${from})`
    };
  }
  const edges = sources.flatMap((from, i) =>
    from.filter(j => j < i || !sources[j]?.includes(i)).map((j): [number, number] => [j, i])
  );
  return {
    topology: topologyFromEdges(NAME, size, edges),
    code: `topologyFromEdges('${NAME}', ${size}, ${JSON.stringify(edges)})`
  };
}
