/** Which part of a picture is in sight, and how large: what zooming and dragging make of it. Pure. */
import type { Size } from './labels.js';
import type { Point } from './layout.js';

const largest = 8;

/** A point p of the picture stands at p · scale + (x, y). */
export interface Viewport extends Point {
  scale: number;
}

/** All of it. */
export const whole: Viewport = { scale: 1, x: 0, y: 0 };

/** Where a point of the picture stands. */
export function seen({ scale, x, y }: Viewport, point: Point): Point {
  return { x: point.x * scale + x, y: point.y * scale + y };
}

/** The viewport from closer by or farther off; what stands at `at` stays there, as far as the borders allow. */
export function zoomed(viewport: Viewport, factor: number, at: Point, field: Size): Viewport {
  const scale = Math.max(1, Math.min(largest, viewport.scale * factor));
  const ratio = scale / viewport.scale;
  return within({ scale, x: at.x - (at.x - viewport.x) * ratio, y: at.y - (at.y - viewport.y) * ratio }, field); // prettier-ignore
}

/** The viewport moved by so many pixels, as far as the borders allow. */
export function moved(viewport: Viewport, dx: number, dy: number, field: Size): Viewport {
  return within({ ...viewport, x: viewport.x + dx, y: viewport.y + dy }, field);
}

/** The viewport moved no more than it takes to have a point of the picture in sight, so far from the borders. */
export function showing(viewport: Viewport, point: Point, margin: number, field: Size): Viewport {
  const { x, y } = seen(viewport, point);
  const need = (place: number, length: number): number =>
    Math.max(0, margin - place) - Math.max(0, place - (length - margin));
  return moved(viewport, need(x, field.width), need(y, field.height), field);
}

/** Nothing but the picture is ever in sight. */
function within({ scale, x, y }: Viewport, { width, height }: Size): Viewport {
  const kept = (offset: number, length: number): number =>
    Math.min(0, Math.max(length * (1 - scale), offset)) + 0;
  return { scale, x: kept(x, width), y: kept(y, height) };
}
