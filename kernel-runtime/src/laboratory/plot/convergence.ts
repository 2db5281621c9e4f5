/** Convergence: every rank faint, the mean bold, what theory promises dashed. */
import { DecentLabError } from '../../errors.js';
import { axisOf } from './axes.js';
import { Figure } from './figure.js';
import { brief, pointsOf, pointLimit, spread } from './numbers.js';
import { colourOf, dashOf, neutral } from './palette.js';
import { layoutOf, type Dash, type ScatterTrace } from './traces.js';

/** One value an iteration, or one such list for every rank. */
export type SeriesValues = ArrayLike<number> | readonly ArrayLike<number>[];

export interface Series {
  name: string;
  values: SeriesValues;
}

export interface ConvergenceOptions {
  series: readonly Series[];
  /** Dashed lines. If there is one for each series, it has that series' colour. Defaults to none. */
  theory?: readonly { name: string; values: ArrayLike<number> }[];
  /** Defaults to "Convergence". */
  title?: string;
  /** Defaults to "iteration". */
  xLabel?: string;
  /** Defaults to "error". */
  yLabel?: string;
  /** Logarithmic y axis, on which values that are not positive are gaps. Defaults to true. */
  logY?: boolean;
  /** Position of each value. Defaults to 0, 1, 2, … */
  x?: ArrayLike<number>;
}

/** More lines than this cannot be told apart; they are then a sample, evenly spread over the ranks. */
const drawnRanks = 32;
const faint = 0.4;
const theoryDashes: Dash[] = ['dash', 'dot', 'dashdot'];

/**
 * The error of every rank over the iterations. A legend entry switches a whole series.
 *
 * @throws SHAPE_MISMATCH if two ranks of a series have different numbers of values, or `x` fewer than a series
 */
export function convergence(options: ConvergenceOptions): Figure {
  const { series, theory = [], title = 'Convergence' } = options;
  const { xLabel = 'iteration', yLabel = 'error', logY = true } = options;
  const context = { x: options.x, logY };
  const shared = theory.length !== series.length;
  const traces = [
    ...series.flatMap((one, index) => seriesTraces(one, index, context)),
    ...theory.map(({ name, values }, index) => ({
      ...lineTrace(name, values, context),
      line: {
        color: shared ? neutral : colourOf(index),
        width: 2,
        dash: shared ? theoryDashes[index % theoryDashes.length] : ('dash' as const)
      }
    }))
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
      logY,
      traces.flatMap(({ y }) => y)
    )
  });
  return new Figure(traces, layout, `${title}: ${summaryOf(series, yLabel)}`);
}

interface Context {
  x: ArrayLike<number> | undefined;
  logY: boolean;
}

function seriesTraces({ name, values }: Series, index: number, context: Context): ScatterTrace[] {
  const ranks = ranksOf(name, values);
  const colour = colourOf(index);
  const bold = {
    ...lineTrace(name, meanOf(ranks), context),
    legendgroup: name,
    line: { color: colour, width: 2.5, dash: dashOf(index) }
  };
  if (ranks.length === 1) return [bold];
  const limit = Math.max(50, Math.floor((pointLimit * 16) / Math.min(ranks.length, drawnRanks)));
  const faintLines = spread(ranks.length, drawnRanks).map(rank => ({
    ...lineTrace(`${name}, rank ${rank}`, ranks[rank], { ...context, limit }),
    legendgroup: name,
    showlegend: false,
    opacity: faint,
    line: { color: colour, width: 1 }
  }));
  return [...faintLines, { ...bold, hovertemplate: `${name}, mean<br>%{x}: %{y}<extra></extra>` }];
}

function lineTrace(
  name: string,
  values: ArrayLike<number>,
  { x, logY, limit = pointLimit }: Context & { limit?: number }
): ScatterTrace {
  const positions = x ?? Array.from(values, (_, k) => k);
  if (positions.length < values.length) {
    throw new DecentLabError('SHAPE_MISMATCH', {
      what: `plot.convergence, x for series "${name}"`,
      expected: `${values.length} positions`,
      received: `${positions.length}`
    });
  }
  return {
    type: 'scatter',
    mode: 'lines',
    ...pointsOf(positions, values, { logY, limit: Math.min(limit, pointLimit) }),
    name,
    showlegend: true,
    hovertemplate: `${name}<br>%{x}: %{y}<extra></extra>`
  };
}

/** The values by rank; a plain list is one rank. */
function ranksOf(name: string, values: SeriesValues): readonly ArrayLike<number>[] {
  if (!isByRank(values)) return [values];
  const odd = values.findIndex(({ length }) => length !== values[0].length);
  if (odd > 0) {
    throw new DecentLabError('SHAPE_MISMATCH', {
      what: `plot.convergence, series "${name}", rank ${odd}`,
      expected: `${values[0].length} values as on rank 0`,
      received: `${values[odd].length}`
    });
  }
  return values;
}

function isByRank(values: SeriesValues): values is readonly ArrayLike<number>[] {
  return values.length > 0 && typeof values[0] !== 'number';
}

/** The mean over the ranks at every iteration. */
function meanOf(ranks: readonly ArrayLike<number>[]): ArrayLike<number> {
  if (ranks.length === 1) return ranks[0];
  return Array.from(ranks[0], (_, k) => {
    const total = ranks.reduce((sum, values) => sum + values[k], 0);
    return total / ranks.length;
  });
}

function summaryOf(series: readonly Series[], yLabel: string): string {
  const parts = series.map(({ name, values }) => {
    const ranks = ranksOf(name, values);
    const mean = meanOf(ranks);
    const of = ranks.length === 1 ? '' : `, mean of ${ranks.length} ranks`;
    return `${name} ${brief(mean[mean.length - 1])}${of}`;
  });
  return `last ${yLabel}: ${parts.join('; ')}`;
}
