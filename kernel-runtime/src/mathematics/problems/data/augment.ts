/** Which window of an image a training step sees: drawn for training, in the middle for a test. */
import type { RandomStream } from '../../math/random.js';
import { invalid } from '../problem.js';
import type { Rectangle, Window } from './crop.js';

export interface Augmentation {
  /**
   * `{ padding: 4 }`: a border of so many black pixels, and a window of the old size anywhere in it (He et al. 2016, for
   * CIFAR). `area`: a window of 8 to 100 % of the area and an aspect of 3:4 to 4:3, brought to size (Szegedy et al. 2015,
   * for ImageNet). Defaults to the middle of the image.
   */
  crop?: { padding: number } | 'area';
  /** Mirrors every second image, by chance. Defaults to false. */
  flip?: boolean;
}

/** For CIFAR: a border of four pixels, and mirrored by chance. */
export const cifarAugmentation: Augmentation = { crop: { padding: 4 }, flip: true };
/** For ImageNet: a part of the area, and mirrored by chance. */
export const imagenetAugmentation: Augmentation = { crop: 'area', flip: true };

interface Size {
  readonly width: number;
  readonly height: number;
  /** Pixels a side of what the network takes. */
  readonly side: number;
}

/** Of a test image, this part of the shorter side is seen: 224 of 256 pixels. */
const MIDDLE = 224 / 256;
const AREA = { least: 0.08, attempts: 10, aspect: 4 / 3 };

/** @throws VALUE_INVALID for a padding that is no whole number >= 0, or another kind of crop */
export function assertAugmentation({ crop, flip }: Augmentation): void {
  if (flip !== undefined && typeof flip !== 'boolean')
    throw invalid('augmentation, flip', 'true or false', flip);
  if (crop === undefined || crop === 'area') return;
  const isPadding = typeof crop === 'object' && Number.isInteger(crop?.padding);
  if (isPadding && crop.padding >= 0) return;
  const expected = "'area' or { padding }, a whole number >= 0";
  throw invalid('augmentation, crop', expected, JSON.stringify(crop));
}

/** The window of this image: drawn from the stream as the augmentation says, or the middle one without. */
export function windowOf(
  size: Size,
  { crop, flip = false }: Augmentation,
  stream: RandomStream
): Window {
  const rectangle =
    crop === undefined
      ? middleOf(size)
      : crop === 'area'
        ? partOf(size, stream)
        : shifted(size, crop.padding, stream);
  return { ...rectangle, isMirrored: flip && stream.uniform() < 0.5 };
}

/** The whole image where it has the size; else the middle square, a little less than the shorter side. */
function middleOf({ width, height, side }: Size): Rectangle {
  if (width === side && height === side) return { left: 0, top: 0, width, height };
  const seen = Math.max(1, Math.round(MIDDLE * Math.min(width, height)));
  return {
    ...{ left: Math.round((width - seen) / 2), top: Math.round((height - seen) / 2) },
    ...{ width: seen, height: seen }
  };
}

/** A square of the shorter side, moved by up to `padding` pixels. */
function shifted({ width, height }: Size, padding: number, stream: RandomStream): Rectangle {
  const seen = Math.min(width, height);
  const [left, top] = [width, height].map(
    length => Math.floor((length - seen) / 2) + stream.integer(2 * padding + 1) - padding
  );
  return { left, top, width: seen, height: seen };
}

/** A part of the area at random; after ten that do not fit, the middle square. */
function partOf({ width, height, side }: Size, stream: RandomStream): Rectangle {
  for (let attempt = 0; attempt < AREA.attempts; attempt++) {
    const area = width * height * (AREA.least + (1 - AREA.least) * stream.uniform());
    const aspect = AREA.aspect ** (2 * stream.uniform() - 1);
    const [w, h] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const left = stream.integer(width - w + 1);
    const top = stream.integer(height - h + 1);
    return { left, top, width: w, height: h };
  }
  return middleOf({ width, height, side });
}
