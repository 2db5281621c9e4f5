/** A weight matrix as a heat map, with the sums of rows and columns in the margin. */
import type { Matrix } from '../../mathematics/math/matrix.js';
import { Figure } from './figure.js';
import { brief, coordinate } from './numbers.js';
import { layoutOf, type HeatmapTrace, type ScatterTrace } from './traces.js';

export interface MatrixOptions {
  /** Defaults to "W". */
  title?: string;
}

/** Up to this size every cell shows its number, and every row and column its sum. */
const labelledSize = 16;
const fewTicks = 12;
const light = '#f4f4f4';
const positiveScale: [number, string][] = [
  [0, light],
  [1, '#0072B2']
];
const signedScale: [number, string][] = [
  [0, '#D55E00'],
  [0.5, light],
  [1, '#0072B2']
];

/** The entries of `W`: row i receives, column j sends. Sums of rows stand at the right, of columns below. */
export function matrix(W: Matrix, { title = 'W' }: MatrixOptions = {}): Figure {
  const rows = W.toRows();
  const sums = {
    rows: rows.map(row => total(row)),
    columns: Array.from({ length: W.columns }, (_, j) => total(rows.map(row => row[j])))
  };
  const isLabelled = Math.max(W.rows, W.columns) <= labelledSize;
  const traces = [heatmap(rows, isLabelled), ...(isLabelled ? [margins(sums)] : [])];
  const axis = (count: number): number[] | undefined =>
    count <= fewTicks ? Array.from({ length: count }, (_, k) => k) : undefined;
  const common = {
    type: 'linear' as const,
    showgrid: false,
    zeroline: false,
    constrain: 'domain' as const
  };
  const layout = layoutOf({
    title,
    xaxis: { ...common, title: { text: 'sender j' }, tickvals: axis(W.columns) },
    yaxis: {
      ...common,
      title: { text: 'receiver i' },
      tickvals: axis(W.rows),
      autorange: 'reversed',
      scaleanchor: 'x'
    },
    showlegend: false
  });
  return new Figure(
    traces,
    layout,
    `${title}: ${W.rows} x ${W.columns}, row sums ${rangeOf(sums.rows)}, column sums ${rangeOf(sums.columns)}`
  );
}

function heatmap(rows: number[][], isLabelled: boolean): HeatmapTrace {
  const largest = rows.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const isSigned = rows.some(row => row.some(value => value < 0));
  return {
    type: 'heatmap',
    z: rows.map(row => row.map(value => coordinate(value, false))),
    x: (rows[0] ?? []).map((_, j) => j),
    y: rows.map((_, i) => i),
    zmin: isSigned ? -largest : 0,
    zmax: largest,
    colorscale: isSigned ? signedScale : positiveScale,
    showscale: !isLabelled,
    xgap: isLabelled ? 2 : 0,
    ygap: isLabelled ? 2 : 0,
    ...(isLabelled
      ? { text: rows.map(row => row.map(cellText)), texttemplate: '%{text}' as const }
      : {}),
    hovertemplate: '%{x} → %{y}: %{z}<extra></extra>'
  };
}

/** Zero is the empty cell: the pattern of the graph is what one looks for. */
function cellText(value: number): string {
  return value === 0 ? '' : shortText(value);
}

function shortText(value: number): string {
  return String(Number(value.toFixed(3)));
}

function margins({ rows, columns }: { rows: number[]; columns: number[] }): ScatterTrace {
  return {
    type: 'scatter',
    mode: 'text',
    x: [...rows.map(() => columns.length), ...columns.map((_, j) => j)],
    y: [...rows.map((_, i) => i), ...columns.map(() => rows.length)],
    text: [...rows, ...columns].map(sum => `Σ ${shortText(sum)}`),
    name: 'sums',
    showlegend: false,
    hoverinfo: 'skip'
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function rangeOf(sums: readonly number[]): string {
  const [low, high] = [Math.min(...sums), Math.max(...sums)].map(brief);
  return low === high ? low : `${low} to ${high}`;
}
