/** Paths in the plane over the level sets of a quadratic: the zig-zag picture. */
import { DecentLabError } from '../../errors.js';
import type { Matrix } from '../../mathematics/math/matrix.js';
import { axisOf } from './axes.js';
import { Figure } from './figure.js';
import { brief, coordinate, pointsOf } from './numbers.js';
import { colourOf, dashOf, neutral } from './palette.js';
import { layoutOf, type ScatterTrace } from './traces.js';

export interface Path {
  name: string;
  /** One point [x₁, x₂] an iteration. */
  points: readonly ArrayLike<number>[];
}

export interface TrajectoryOptions {
  paths: readonly Path[];
  /** H of f(x) = ½ (x − c)ᵀ H (x − c), 2 × 2, symmetric, positive definite. */
  hessian: Matrix | readonly ArrayLike<number>[];
  /** The minimum c. Defaults to [0, 0]. */
  center?: ArrayLike<number>;
  /** How many level sets are drawn. Defaults to 7. */
  levels?: number;
  /** Defaults to "Trajectory". */
  title?: string;
  /** Defaults to "x₁". */
  xLabel?: string;
  /** Defaults to "x₂". */
  yLabel?: string;
}

interface Quadratic {
  /** Entries of H. */
  a: number;
  b: number;
  d: number;
  center: ArrayLike<number>;
}

const pointsPerEllipse = 72;

/**
 * Paths over the level sets of a quadratic; the outermost level passes through the highest point of a path.
 *
 * @throws VALUE_INVALID if `hessian` is not 2 × 2 and positive definite
 */
export function trajectory(options: TrajectoryOptions): Figure {
  const { paths, center = [0, 0], levels = 7, title = 'Trajectory' } = options;
  const { xLabel = 'x₁', yLabel = 'x₂' } = options;
  const quadratic = quadraticOf(options.hessian, center);
  const heights = paths.flatMap(({ points }) => points.map(point => valueAt(quadratic, point)));
  const top = Math.max(0, ...heights.filter(Number.isFinite)) || 1;
  const traces = [
    ...Array.from({ length: levels }, (_, k) => ellipse(quadratic, top * ((k + 1) / levels) ** 2)),
    ...paths.map(pathTrace),
    minimumTrace(center)
  ];
  const layout = layoutOf({
    title,
    xaxis: axisOf(
      xLabel,
      false,
      traces.flatMap(({ x }) => x)
    ),
    yaxis: axisOf(
      yLabel,
      false,
      traces.flatMap(({ y }) => y)
    )
  });
  const ends = paths.map(({ name, points }) => {
    const last = points[points.length - 1];
    const place = `(${brief(last?.[0])}, ${brief(last?.[1])})`;
    return `${name} ends at ${place} after ${Math.max(0, points.length - 1)} steps`;
  });
  return new Figure(traces, layout, `${title}: ${ends.join('; ')}`);
}

function quadraticOf(hessian: TrajectoryOptions['hessian'], center: ArrayLike<number>): Quadratic {
  const rows = 'toRows' in hessian ? hessian.toRows() : hessian;
  const isTwoByTwo = rows.length === 2 && rows.every(({ length }) => length === 2);
  const [a, b, d] = isTwoByTwo ? [rows[0][0], rows[0][1], rows[1][1]] : [NaN, NaN, NaN];
  if (!(a > 0 && a * d - b * b > 0)) {
    throw new DecentLabError('VALUE_INVALID', {
      what: 'plot.trajectory, hessian',
      expected: 'a positive definite 2 x 2 matrix',
      received: JSON.stringify(rows.map(row => Array.from(row)))
    });
  }
  return { a, b, d, center };
}

function valueAt({ a, b, d, center }: Quadratic, point: ArrayLike<number>): number {
  const [u, v] = [point[0] - center[0], point[1] - center[1]];
  return (a * u * u + 2 * b * u * v + d * v * v) / 2;
}

/** The level set f = `level`: with H = L Lᵀ it is c + √(2 level) L⁻ᵀ (cos θ, sin θ). */
function ellipse({ a, b, d, center }: Quadratic, level: number): ScatterTrace {
  const l11 = Math.sqrt(a);
  const l21 = b / l11;
  const l22 = Math.sqrt(d - l21 * l21);
  const radius = Math.sqrt(2 * level);
  const angles = Array.from(
    { length: pointsPerEllipse + 1 },
    (_, k) => (2 * Math.PI * k) / pointsPerEllipse
  );
  const second = angles.map(angle => (radius * Math.sin(angle)) / l22);
  const first = angles.map((angle, k) => (radius * Math.cos(angle) - l21 * second[k]) / l11);
  return {
    type: 'scatter',
    mode: 'lines',
    x: first.map(u => coordinate(center[0] + u, false)),
    y: second.map(v => coordinate(center[1] + v, false)),
    name: `f = ${brief(level)}`,
    showlegend: false,
    opacity: 0.45,
    line: { color: neutral, width: 1 },
    hoverinfo: 'skip'
  };
}

function pathTrace({ name, points }: Path, index: number): ScatterTrace {
  const color = colourOf(index);
  return {
    type: 'scatter',
    mode: 'lines+markers',
    ...pointsOf(
      points.map(point => point[0]),
      points.map(point => point[1])
    ),
    name,
    showlegend: true,
    line: { color, width: 2, dash: dashOf(index) },
    marker: { color, size: 5 },
    hovertemplate: `${name}, step %{pointNumber}<br>(%{x}, %{y})<extra></extra>`
  };
}

function minimumTrace(center: ArrayLike<number>): ScatterTrace {
  return {
    type: 'scatter',
    mode: 'markers',
    x: [coordinate(center[0], false)],
    y: [coordinate(center[1], false)],
    name: 'minimum',
    showlegend: false,
    marker: { color: neutral, size: 10, symbol: 'diamond' },
    hovertemplate: 'minimum<br>(%{x}, %{y})<extra></extra>'
  };
}
