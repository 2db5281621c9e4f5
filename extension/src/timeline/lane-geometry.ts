/** Where lanes lie: a band a rank, in it a lane for each kind of work. Pure. */
import type { LaneKind } from './lane-colours.js';

/** Pixels at the left for the number of the rank. */
export const gutter = 56;
/** Pixels at the top for the seconds. */
export const axisHeight = 22;
const gap = 10;
const laneHeights = { least: 4, most: 20 };

export interface Geometry {
  lanes: readonly LaneKind[];
  ranks: number;
  width: number;
  laneHeight: number;
  bandHeight: number;
  /** Ms from the left end to the right. */
  span: number;
}

/** As tall as the room allows, and never too small to hit. */
export function geometryOf(
  lanes: readonly LaneKind[],
  { ranks, width, height, span }: { ranks: number; width: number; height: number; span: number }
): Geometry {
  const room = (height - axisHeight) / Math.max(1, ranks) - gap;
  const laneHeight = Math.floor(
    Math.max(laneHeights.least, Math.min(laneHeights.most, room / lanes.length))
  );
  return { lanes, ranks, width, laneHeight, bandHeight: laneHeight * lanes.length + gap, span };
}

/** The top of a lane, in pixels from the top of the unscrolled view. */
export function laneTop({ bandHeight, laneHeight }: Geometry, row: number, lane: number): number {
  return axisHeight + row * bandHeight + gap / 2 + lane * laneHeight;
}

/** Where a time lies, in pixels; `edge` is the time at the right end. */
export function xOf({ width, span }: Geometry, time: number, edge: number): number {
  return gutter + ((time - edge + span) / span) * (width - gutter);
}

/** The row, lane and time at a place; null beside the lanes. */
export function placeAt(
  geometry: Geometry,
  { x, y, edge }: { x: number; y: number; edge: number }
): { row: number; lane: LaneKind; time: number } | null {
  const { bandHeight, laneHeight, lanes, ranks, width, span } = geometry;
  const row = Math.floor((y - axisHeight) / bandHeight);
  const lane = lanes[Math.floor((y - laneTop(geometry, row, 0)) / laneHeight)];
  if (row < 0 || row >= ranks || lane === undefined || x < gutter || x > width) return null;
  return { row, lane, time: edge - span + ((x - gutter) / (width - gutter)) * span };
}

/** How tall all bands are with the seconds above them. */
export function heightOf({ bandHeight, ranks }: Geometry): number {
  return axisHeight + bandHeight * ranks;
}

/** Ms that a pixel stands for. */
export function resolutionOf({ span, width }: Geometry): number {
  return span / Math.max(1, width - gutter);
}
