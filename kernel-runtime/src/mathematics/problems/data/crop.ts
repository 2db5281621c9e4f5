/** Parts of images: cut out with a border, mirrored, and brought to another size. */
/** Pixels as bytes, any number of channels side by side. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** A part of an image, in pixels; it may begin before the image and end behind it. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is seen of an image. */
export interface Window extends Rectangle {
  readonly isMirrored: boolean;
}

/** What is subtracted from every channel of bytes, and what it is divided by. */
export interface Scale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Whether nothing of the rectangle lies outside of an image of this size. */
export function isWithin(
  { left, top, width, height }: Rectangle,
  size: Pick<Pixels, 'width' | 'height'>
): boolean {
  const isWide = left >= 0 && left + width <= size.width;
  return isWide && top >= 0 && top + height <= size.height;
}

/**
 * A part of an image as side x side pixels. What lies outside of the image is black (byte 0). A part of another size than
 * `side` is resampled by triangles as wide as a pixel of the larger of both grids, so that a reduction averages; its
 * border repeats the outermost pixels.
 */
export function seenOf(image: Pixels, window: Rectangle, side: number): Uint8Array | Float32Array {
  const isExact = window.width === side && window.height === side;
  return isExact ? cut(image, window, side) : resampled(image, window, side);
}

/** What is seen, side x side pixels, as numbers (byte − mean) / deviation, mirrored or not, written to `out` at `offset`. */
export function writeScaled(
  seen: ArrayLike<number>,
  to: { side: number; isMirrored: boolean; scale: Scale; out: Float32Array; offset: number }
): void {
  const { side, isMirrored, scale, out, offset } = to;
  const channels = scale.mean.length;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + (isMirrored ? side - 1 - x : x)) * channels;
      const at = offset + (y * side + x) * channels;
      for (let c = 0; c < channels; c++)
        out[at + c] = (seen[from + c] - scale.mean[c]) / scale.deviation[c];
    }
  }
}

function cut(
  { width, height, channels, data }: Pixels,
  window: Rectangle,
  side: number
): Uint8Array {
  const isWhole = window.left === 0 && window.top === 0 && width === side && height === side;
  if (isWhole) return data;
  const out = new Uint8Array(side * side * channels);
  const first = Math.max(0, -window.left);
  const last = Math.min(side, width - window.left);
  for (let y = 0; y < side; y++) {
    const row = window.top + y;
    if (row < 0 || row >= height || last <= first) continue;
    const from = (row * width + window.left + first) * channels;
    out.set(data.subarray(from, from + (last - first) * channels), (y * side + first) * channels);
  }
  return out;
}

/** Rows first, then columns: each result is a weighted mean of a few source pixels. */
function resampled(
  { width, height, channels, data }: Pixels,
  window: Rectangle,
  side: number
): Float32Array {
  const across = taps(window.left, window.width, side, width);
  const down = taps(window.top, window.height, side, height);
  const top = Math.min(...down.map(tap => tap.first));
  const bottom = Math.max(...down.map(tap => tap.first + tap.weights.length));
  const narrow = new Float32Array((bottom - top) * side * channels);
  for (let y = top; y < bottom; y++) {
    across.forEach(({ first, weights }, x) => {
      const to = ((y - top) * side + x) * channels;
      weights.forEach((weight, k) => {
        const from = (y * width + first + k) * channels;
        for (let c = 0; c < channels; c++) narrow[to + c] += weight * data[from + c];
      });
    });
  }
  const out = new Float32Array(side * side * channels);
  const row = side * channels;
  down.forEach(({ first, weights }, y) => {
    weights.forEach((weight, k) => {
      const from = (first + k - top) * row;
      for (let p = 0; p < row; p++) out[y * row + p] += weight * narrow[from + p];
    });
  });
  return out;
}

interface Tap {
  readonly first: number;
  /** They sum to 1. */
  readonly weights: readonly number[];
}

/** For every pixel of the result, the source pixels under a triangle around its centre; none lies outside the image. */
function taps(start: number, length: number, side: number, size: number): Tap[] {
  const step = length / side;
  const reach = Math.max(1, step);
  return Array.from({ length: side }, (_, k) => {
    const centre = start + (k + 0.5) * step - 0.5;
    const first = Math.min(size - 1, Math.max(0, Math.ceil(centre - reach)));
    const last = Math.max(first, Math.min(size - 1, Math.floor(centre + reach)));
    const raw = Array.from({ length: last - first + 1 }, (_, i) =>
      Math.max(1e-6, 1 - Math.abs(first + i - centre) / reach)
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: raw.map(weight => weight / total) };
  });
}
