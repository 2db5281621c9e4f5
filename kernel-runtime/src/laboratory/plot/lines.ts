/** Lines of any y over any x: measurements, slopes, comparisons. */
import { DecentLabError } from '../../errors.js';
import { axisOf } from './axes.js';
import { Figure } from './figure.js';
import { fitPowerLaw } from './fit.js';
import { brief, pointsOf } from './numbers.js';
import { colourOf, dashOf } from './palette.js';
import { layoutOf, type ScatterTrace } from './traces.js';

export interface Line {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Adds the power law c x^p of least squares, dashed, with its exponent in the legend. Defaults to false. */
  fit?: boolean;
}

export interface LinesOptions {
  series: readonly Line[];
  /** Defaults to no title. */
  title?: string;
  /** Defaults to "x". */
  xLabel?: string;
  /** Defaults to "y". */
  yLabel?: string;
  /** Logarithmic axes; values that are not positive are gaps. Default to false. */
  logX?: boolean;
  logY?: boolean;
}

/** Up to this many points are also marked one by one. */
const markedPoints = 40;

/**
 * Lines over a common pair of axes.
 *
 * @throws SHAPE_MISMATCH if `x` and `y` of a line have different lengths
 */
export function lines(options: LinesOptions): Figure {
  const { series, title = '', xLabel = 'x', yLabel = 'y', logX = false, logY = false } = options;
  const traces = series.flatMap((line, index) => {
    assertEqualLengths(line);
    const drawn = lineTrace(line, index, { logX, logY });
    return line.fit ? [drawn, fitTrace(line, index, { logX, logY })] : [drawn];
  });
  const layout = layoutOf({
    title,
    xaxis: axisOf(
      xLabel,
      logX,
      traces.flatMap(({ x }) => x)
    ),
    yaxis: axisOf(
      yLabel,
      logY,
      traces.flatMap(({ y }) => y)
    )
  });
  const ends = series.map(({ name, x, y, fit }) => {
    const exponent = fit ? ` (slope ${brief(fitPowerLaw(x, y).exponent)})` : '';
    return `${name} ${brief(y[y.length - 1])} at ${brief(x[x.length - 1])}${exponent}`;
  });
  return new Figure(traces, layout, `${title || yLabel}: ${ends.join('; ')}`);
}

interface Axes {
  logX: boolean;
  logY: boolean;
}

function lineTrace({ name, x, y }: Line, index: number, axes: Axes): ScatterTrace {
  const line = { color: colourOf(index), width: 2, dash: dashOf(index) };
  const base = {
    type: 'scatter' as const,
    ...pointsOf(x, y, axes),
    name,
    showlegend: true,
    line,
    hovertemplate: `${name}<br>%{x}: %{y}<extra></extra>`
  };
  return y.length > markedPoints
    ? { ...base, mode: 'lines' }
    : { ...base, mode: 'lines+markers', marker: { color: line.color, size: 6 } };
}

function fitTrace({ name, x, y }: Line, index: number, axes: Axes): ScatterTrace {
  const { exponent, factor } = fitPowerLaw(x, y);
  const ends = Float64Array.from(x)
    .filter(value => value > 0)
    .sort();
  const span = ends.length === 0 ? [] : [ends[0], ends[ends.length - 1]];
  return {
    type: 'scatter',
    mode: 'lines',
    ...pointsOf(
      span,
      span.map(value => factor * value ** exponent),
      axes
    ),
    name: `${name}: slope ${brief(exponent)}`,
    showlegend: true,
    line: { color: colourOf(index), width: 1.5, dash: 'dash' }
  };
}

function assertEqualLengths({ name, x, y }: Line): void {
  if (x.length === y.length) return;
  throw new DecentLabError('SHAPE_MISMATCH', {
    what: `plot.lines, series "${name}"`,
    expected: `as many x as y, ${y.length}`,
    received: `${x.length}`
  });
}
