/** Outputs as saved notebooks hold them: a plot with a line for each of eight engines, and an animation of three nodes. */
import * as plot from '../../kernel-runtime/src/laboratory/plot/plot.js';
import {
  exponentialTwoGraph,
  ringGraph
} from '../../kernel-runtime/src/mathematics/graph/circulant.js';

/** The MIME bundle of a plot with this title: ten traces. */
export function savedPlot(title: string): Record<string, unknown> {
  const ranks = Array.from({ length: 8 }, (_, rank) =>
    Array.from({ length: 100 }, (_, k) => (0.8 + rank / 100) ** k * (1 + 0.2 * Math.sin(k + rank)))
  );
  const theory = Array.from({ length: 100 }, (_, k) => 0.88 ** k);
  return bundleOf(
    plot.convergence({
      title,
      series: [{ name: 'ring', values: ranks }],
      theory: [{ name: 'λ₂ᵏ', values: theory }]
    })
  );
}

/** The MIME bundle of "Many nodes": two iterations of so many, on the exponential graph. */
export function savedGraph(nodes: number): Record<string, unknown> {
  const ranks = Array.from({ length: nodes }, (_, rank) => [rank, nodes / 2]);
  const graph = exponentialTwoGraph(nodes);
  return bundleOf(plot.animation(graph, ranks, { title: 'Many nodes', label: 'x' }));
}

/** The MIME bundle of "Three nodes agree": they average 0, 3 and 6. */
export function savedAnimation(): Record<string, unknown> {
  const ranks = [0, 3, 6].map(start => [start, (start + 3) / 2, 3]);
  return bundleOf(plot.animation(ringGraph(3), ranks, { title: 'Three nodes agree', label: 'x' }));
}

function bundleOf(figure: object): Record<string, unknown> {
  const display: unknown = Reflect.get(figure, Symbol.for('Jupyter.display'));
  return (display as () => Record<string, unknown>).call(figure);
}
