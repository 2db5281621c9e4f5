/** The static picture of a figure: same traces, same scales, no script. Equal input gives equal bytes. */
import { spanOf, type Span } from '../axes.js';
import type { Axis, Coordinate, Layout, ScatterTrace, Trace } from '../traces.js';
import { element, escapeXml } from './elements.js';
import { scaleOf, type Scale } from './scale.js';
import { drawTrace, strokeOf } from './traces.js';

const width = 680;
const plotHeight = 340;
const edges = { left: 76, right: 20, top: 44, bottom: 50 };
const legendRow = 20;
const legendSample = 26;
const characterWidth = 6.6;
const ink = '#222222';
const gridColour = '#e4e4e4';

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The picture of `data` on a white ground, as a whole SVG document. */
export function renderSvg(data: readonly Trace[], layout: Layout): string {
  const spans = { x: spanOf(positions(data, 'x')), y: spanOf(positions(data, 'y')) };
  const box = layout.yaxis.scaleanchor === 'x' ? squareBox(spans.x, spans.y) : fullBox();
  const x = scaleOf(layout.xaxis, spans.x, box.left, box.right);
  const y = scaleOf(layout.yaxis, spans.y, box.bottom, box.top);
  const legend = layout.showlegend ? drawLegend(data) : { markup: '', rows: 0 };
  const height = edges.top + plotHeight + edges.bottom + legend.rows * legendRow;
  const body = [
    element('title', {}, escapeXml(layout.title.text)),
    element('rect', { width, height, fill: '#ffffff' }),
    text(layout.title.text, { x: width / 2, y: 24, 'font-size': 15, 'text-anchor': 'middle' }),
    layout.xaxis.visible === false ? '' : drawAxes(layout, box, x, y),
    ...data.map(trace => drawTrace(trace, x, y)),
    legend.markup
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    role: 'img',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    'font-family': 'sans-serif',
    'font-size': 12
  };
  return element('svg', attributes, body.join(''));
}

/** All positions on one axis; a heat map's cells reach half a unit beyond their centres. */
function* positions(data: readonly Trace[], axis: 'x' | 'y'): Generator<Coordinate> {
  for (const trace of data) {
    yield* trace[axis];
    if (trace.type === 'heatmap') yield* trace[axis].flatMap(at => [at - 0.5, at + 0.5]);
  }
}

function fullBox(): Box {
  return {
    left: edges.left,
    right: width - edges.right,
    top: edges.top,
    bottom: edges.top + plotHeight
  };
}

/** A box in which one unit is as long upwards as sideways, in the middle of the full one. */
function squareBox(x: Span | null, y: Span | null): Box {
  const box = fullBox();
  if (!x || !y) return box;
  const ratio = (x.high - x.low || 1) / (y.high - y.low || 1);
  const available = box.right - box.left;
  const boxWidth = Math.min(available, plotHeight * ratio);
  const boxHeight = Math.min(plotHeight, available / ratio);
  const centre = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  return {
    left: centre.x - boxWidth / 2,
    right: centre.x + boxWidth / 2,
    top: centre.y - boxHeight / 2,
    bottom: centre.y + boxHeight / 2
  };
}

function drawAxes({ xaxis, yaxis }: Layout, box: Box, x: Scale, y: Scale): string {
  const parts = [
    ...ticksOf(xaxis, x).map(({ at, label }) => {
      const line = { x1: at, x2: at, y1: box.top, y2: box.bottom, stroke: gridColour };
      const place = { x: at, y: box.bottom + 18, 'text-anchor': 'middle' };
      return gridLine(xaxis, line) + text(label, place);
    }),
    ...ticksOf(yaxis, y).map(({ at, label }) => {
      const line = { x1: box.left, x2: box.right, y1: at, y2: at, stroke: gridColour };
      const place = {
        x: box.left - 8,
        y: at,
        'text-anchor': 'end',
        'dominant-baseline': 'central'
      };
      return gridLine(yaxis, line) + text(label, place);
    }),
    text(xaxis.title?.text ?? '', {
      x: (box.left + box.right) / 2,
      y: box.bottom + 40,
      'text-anchor': 'middle'
    }),
    text(yaxis.title?.text ?? '', {
      transform: `translate(${box.left - 58} ${(box.top + box.bottom) / 2}) rotate(-90)`,
      'text-anchor': 'middle'
    })
  ];
  return parts.join('');
}

function gridLine(axis: Axis, line: Record<string, string | number>): string {
  return axis.showgrid === false ? '' : element('line', line);
}

function ticksOf(axis: Axis, scale: Scale): { at: number; label: string }[] {
  return axis.tickvals?.map(at => ({ at: scale.map(at), label: String(at) })) ?? scale.ticks;
}

function text(content: string, attributes: Record<string, string | number>): string {
  return content === '' ? '' : element('text', { fill: ink, ...attributes }, escapeXml(content));
}

function drawLegend(data: readonly Trace[]): { markup: string; rows: number } {
  let [at, row] = [edges.left, 0];
  const entries = data.filter(
    (trace): trace is ScatterTrace => trace.type === 'scatter' && trace.showlegend
  );
  const markup = entries.map(trace => {
    const entryWidth = legendSample + 26 + trace.name.length * characterWidth;
    if (at > edges.left && at + entryWidth > width - edges.right) [at, row] = [edges.left, row + 1];
    const y = edges.top + plotHeight + edges.bottom + row * legendRow + 4;
    const [from, to] = [at, at + legendSample];
    at += entryWidth;
    const sample = element('path', { d: `M${from} ${y}L${to} ${y}`, ...strokeOf(trace) });
    return sample + text(trace.name, { x: to + 6, y, 'dominant-baseline': 'central' });
  });
  return { markup: markup.join(''), rows: entries.length === 0 ? 0 : row + 1 };
}
