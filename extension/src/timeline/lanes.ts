/** The lanes on a canvas: what each rank does over the last seconds. A stretch that was filled by half is half as tall. */
import { spanKinds } from '../clusters/state.js';
import { themeValue } from '../renderer/theme.js';
import type { RankHistory } from './history.js';
import { laneVariables, type LaneKind } from './lane-colours.js';
import { axisHeight, gutter, laneTop, xOf, type Geometry } from './lane-geometry.js';

const labelFont = 12;
const least = { width: 1, height: 1 };
const paleness = 0.22;
const hatch = 6;
const second = 1000;

/** A stretch as it is drawn; one that has no end yet reaches to the right end. */
export interface Bar {
  kind: LaneKind;
  start: number;
  end: number;
  /** The filled part, 0 to 1. */
  share: number;
}

/** What the pointer or the keyboard is at. */
export interface Mark {
  rank: number;
  kind: LaneKind;
  start: number;
  end: number;
}

export interface Scene {
  histories: readonly RankHistory[];
  geometry: Geometry;
  /** The time at the right end. */
  edge: number;
  /** Pixels that are scrolled away at the top. */
  scrolled: number;
  mark: Mark | null;
}

interface Colours {
  ink: string;
  paleInk: string;
  grid: string;
  font: string;
  lanes: Record<LaneKind, string>;
}

export class LaneCanvas {
  readonly node = document.createElement('canvas');
  #colours: Colours | undefined;
  #draws = 0;

  constructor() {
    this.node.setAttribute('aria-hidden', 'true');
  }

  /** The theme has changed. */
  recolour(): void {
    this.#colours = undefined;
  }

  resize(width: number, height: number): void {
    const scale = window.devicePixelRatio || 1;
    this.node.width = Math.round(width * scale);
    this.node.height = Math.round(height * scale);
    this.node.style.width = `${width}px`;
    this.node.style.height = `${height}px`;
  }

  draw(scene: Scene): void {
    const context = this.node.getContext('2d');
    if (!context) return;
    this.node.dataset['draws'] = String(++this.#draws);
    const scale = window.devicePixelRatio || 1;
    context.save();
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.node.width, this.node.height);
    const colours = (this.#colours ??= readColours());
    drawSeconds(context, scene, colours);
    context.beginPath();
    context.rect(0, axisHeight, this.node.width, this.node.height);
    context.clip();
    context.translate(0, -scene.scrolled);
    scene.histories.forEach((history, row) => {
      const top = laneTop(scene.geometry, row, 0) - scene.scrolled;
      const isSeen = top + scene.geometry.bandHeight > 0 && top < this.node.clientHeight;
      if (isSeen) drawBand(context, { history, row, scene, colours });
    });
    context.restore();
  }
}

/** The stretches of a rank, the one that goes on included. */
export function barsOf({ stretches, open }: RankHistory, edge: number): Bar[] {
  const bars = stretches
    .filter((one): one is typeof one & { kind: LaneKind } => one.kind !== 'reduce')
    .map(({ kind, start, end, busy }) => ({
      ...{ kind, start, end },
      share: Math.min(1, busy / Math.max(1e-9, end - start))
    }));
  if (!open || open.kind === 'reduce') return bars;
  return [...bars, { kind: open.kind, start: open.start, end: edge, share: 1 }];
}

/** The lanes that are shown: an activity is one only where a cell has named some. */
export function lanesOf(histories: readonly RankHistory[]): LaneKind[] {
  const hasActivity = histories.some(({ stretches }) =>
    stretches.some(({ kind }) => kind === 'activity')
  );
  return spanKinds.filter(
    (kind): kind is LaneKind => kind !== 'reduce' && (kind !== 'activity' || hasActivity)
  );
}

interface Band {
  history: RankHistory;
  row: number;
  scene: Scene;
  colours: Colours;
}

function drawBand(context: CanvasRenderingContext2D, band: Band): void {
  const { history, row, scene, colours } = band;
  const { geometry, edge, mark } = scene;
  const { bandHeight, laneHeight, lanes } = geometry;
  const middle = laneTop(geometry, row, 0) + (laneHeight * lanes.length) / 2;
  context.globalAlpha = 1;
  context.fillStyle = colours.ink;
  context.font = `${Math.min(labelFont, bandHeight - 2)}px ${colours.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(String(history.rank), gutter - 12, middle);
  for (const bar of barsOf(history, edge)) {
    const lane = lanes.indexOf(bar.kind);
    if (lane >= 0) drawBar(context, bar, { ...band, top: laneTop(geometry, row, lane) });
  }
  if (mark?.rank !== history.rank) return;
  const left = Math.max(gutter, xOf(geometry, mark.start, edge));
  const right = xOf(geometry, mark.end, edge);
  const top = laneTop(geometry, row, lanes.indexOf(mark.kind));
  context.globalAlpha = 1;
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.strokeRect(left - 1, top, Math.max(3, right - left + 2), laneHeight);
}

function drawBar(
  context: CanvasRenderingContext2D,
  { kind, start, end, share }: Bar,
  { scene: { geometry, edge }, colours, top }: Band & { top: number }
): void {
  const left = Math.max(gutter, xOf(geometry, start, edge));
  const width = Math.max(least.width, xOf(geometry, end, edge) - left);
  if (left + width <= gutter) return;
  const height = geometry.laneHeight - 1;
  const filled = Math.max(least.height, height * share);
  context.fillStyle = colours.lanes[kind];
  context.globalAlpha = paleness;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  const lower = { left, top: top + height - filled, width, height: filled };
  if (kind === 'wait') fillHatched(context, lower, colours.lanes.wait);
  else context.fillRect(lower.left, lower.top, lower.width, lower.height);
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Slanted lines; the phase follows the page, so that neighbours look like one. */
function fillHatched(context: CanvasRenderingContext2D, box: Box, colour: string): void {
  const { left, top, width, height } = box;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.beginPath();
  context.strokeStyle = colour;
  context.lineWidth = hatch / 2;
  for (let x = left - height - (left % hatch); x < left + width + hatch; x += hatch) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

/** A fine line for each second, the even ones with their number. */
function drawSeconds(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void {
  const { geometry, edge } = scene;
  context.strokeStyle = colours.grid;
  context.fillStyle = colours.paleInk;
  context.font = `${labelFont - 1}px ${colours.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  context.beginPath();
  for (let back = 0; back * second <= geometry.span; back++) {
    const x = Math.round(xOf(geometry, edge - back * second, edge)) - 0.5;
    context.moveTo(x, axisHeight);
    context.lineTo(x, context.canvas.height);
    if (back % 2 === 0) context.fillText(`${back === 0 ? '' : '−'}${back} s`, x, axisHeight / 2);
  }
  context.stroke();
}

function readColours(): Colours {
  const lane = (kind: LaneKind): [LaneKind, string] => [kind, themeValue(laneVariables[kind])];
  const kinds = Object.keys(laneVariables) as LaneKind[];
  return {
    ink: themeValue('--jp-ui-font-color1'),
    paleInk: themeValue('--jp-ui-font-color2'),
    grid: themeValue('--jp-border-color3'),
    font: themeValue('--jp-ui-font-family'),
    lanes: Object.fromEntries(kinds.map(lane)) as Record<LaneKind, string>
  };
}
