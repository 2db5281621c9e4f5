/** Traces of the static picture. */
import type { Coordinate, Dash, HeatmapTrace, Marker, ScatterTrace, Trace } from '../traces.js';
import { element, escapeXml, pixel } from './elements.js';
import type { Scale } from './scale.js';

const dashArrays: Record<Dash, string> = {
  solid: '',
  dash: '7 4',
  dot: '2 3',
  dashdot: '7 3 2 3'
};
const inkColour = '#222222';
const labelSize = 11;

/** A trace as SVG markup. */
export function drawTrace(trace: Trace, x: Scale, y: Scale): string {
  return trace.type === 'heatmap' ? drawHeatmap(trace, x, y) : drawScatter(trace, x, y);
}

/** The attributes of a line, for traces and their legend. */
export function strokeOf({ line, opacity = 1 }: ScatterTrace): Record<string, string | number> {
  const dash = dashArrays[line?.dash ?? 'solid'];
  return {
    fill: 'none',
    stroke: line?.color ?? inkColour,
    'stroke-width': line?.width ?? 1,
    'stroke-opacity': String(opacity),
    ...(dash === '' ? {} : { 'stroke-dasharray': dash })
  };
}

function drawScatter(trace: ScatterTrace, x: Scale, y: Scale): string {
  const parts: string[] = [];
  if (trace.mode.includes('lines')) {
    const d = linePath(trace, x, y);
    if (d !== '') parts.push(element('path', { d, ...strokeOf(trace) }));
  }
  forEachPoint(trace, (px, py, index) => {
    if (trace.mode.includes('markers') && trace.marker) {
      parts.push(drawMarker(trace.marker, { px: x.map(px), py: y.map(py), index }));
    }
    if (trace.mode.includes('text')) {
      parts.push(label(trace.text?.[index] ?? '', x.map(px), y.map(py), trace.textfont?.color));
    }
  });
  return parts.join('');
}

function forEachPoint(
  { x, y }: { x: Coordinate[]; y: Coordinate[] },
  visit: (px: number, py: number, index: number) => void
): void {
  y.forEach((py, index) => {
    const px = x[index];
    if (px !== null && py !== null) visit(px, py, index);
  });
}

/** Moves after a gap, else draws on. */
function linePath(trace: ScatterTrace, x: Scale, y: Scale): string {
  let path = '';
  let previous = -2;
  forEachPoint(trace, (px, py, index) => {
    path += `${index === previous + 1 ? 'L' : 'M'}${pixel(x.map(px))} ${pixel(y.map(py))}`;
    previous = index;
  });
  return path;
}

function drawMarker(marker: Marker, at: { px: number; py: number; index: number }): string {
  const radius = marker.size / 2;
  const place = `translate(${pixel(at.px)} ${pixel(at.py)})`;
  if (marker.symbol === 'triangle-up') {
    const turn = `rotate(${pixel(marker.angle?.[at.index] ?? 0)})`;
    const d = `M0 ${pixel(-radius)}L${pixel(radius * 0.8)} ${pixel(radius)}L${pixel(-radius * 0.8)} ${pixel(radius)}Z`;
    return element('path', { d, fill: marker.color, transform: `${place} ${turn}` });
  }
  if (marker.symbol === 'diamond') {
    const d = `M0 ${pixel(-radius)}L${pixel(radius)} 0L0 ${pixel(radius)}L${pixel(-radius)} 0Z`;
    return element('path', { d, fill: marker.color, transform: place });
  }
  return element('circle', { cx: at.px, cy: at.py, r: radius, fill: marker.color });
}

function label(text: string, px: number, py: number, colour = inkColour): string {
  if (text === '') return '';
  const attributes = {
    x: px,
    y: py,
    fill: colour,
    'font-size': labelSize,
    'text-anchor': 'middle',
    'dominant-baseline': 'central'
  };
  return element('text', attributes, escapeXml(text));
}

function drawHeatmap(trace: HeatmapTrace, x: Scale, y: Scale): string {
  const width = Math.abs(x.map(1) - x.map(0));
  const height = Math.abs(y.map(1) - y.map(0));
  return trace.z
    .flatMap((row, i) =>
      row.map((value, j) => {
        if (value === null) return '';
        const [px, py] = [x.map(trace.x[j]), y.map(trace.y[i])];
        const share = (value - trace.zmin) / (trace.zmax - trace.zmin);
        const cell = element('rect', {
          x: px - width / 2 + trace.xgap / 2,
          y: py - height / 2 + trace.ygap / 2,
          width: Math.max(width - trace.xgap, 0.5),
          height: Math.max(height - trace.ygap, 0.5),
          fill: colourAt(trace.colorscale, share)
        });
        return cell + label(trace.text?.[i][j] ?? '', px, py, contrast(trace.colorscale, share));
      })
    )
    .join('');
}

/** The colour at `share` of a scale of `#rrggbb` stops, interpolated linearly. */
function colourAt(stops: [number, string][], share: number): string {
  return `rgb(${channelsAt(stops, share).map(Math.round).join(',')})`;
}

function channelsAt(stops: [number, string][], share: number): number[] {
  const bounded = Math.min(1, Math.max(0, share));
  const upper = Math.max(
    1,
    stops.findIndex(([position]) => position >= bounded)
  );
  const [[from, low], [to, high]] = [stops[upper - 1], stops[upper]];
  const t = (bounded - from) / (to - from);
  return channels(low).map((channel, i) => channel + t * (channels(high)[i] - channel));
}

function channels(colour: string): number[] {
  return [1, 3, 5].map(start => Number.parseInt(colour.slice(start, start + 2), 16));
}

/** Dark or white ink, whichever is read better on the cell. Luminance weights of ITU-R BT.601. */
function contrast(stops: [number, string][], share: number): string {
  const [red, green, blue] = channelsAt(stops, share);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? inkColour : '#ffffff';
}
