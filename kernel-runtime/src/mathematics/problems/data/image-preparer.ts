/** Images as the numbers that a network takes: read, cut out, mirrored and scaled. Runs in a thread, or in the caller. */
import { random } from '../../math/random.js';
import type { ImageFiles } from '../image-files.js';
import type { ImageSet } from '../images.js';
import { windowOf, type Augmentation } from './augment.js';
import { seenOf, writeScaled, type Rectangle, type Scale } from './crop.js';
import { imageOpener } from './image-file.js';

/** Where the images are: in memory, or in files. Plain data, so that it may go to a thread. */
export type ImageSource =
  Pick<ImageSet, 'side' | 'channels' | 'pixels'> | Pick<ImageFiles, 'paths'>;

export interface Preparation {
  readonly source: ImageSource;
  /** Pixels a side of what the network takes. */
  readonly side: number;
  readonly scale: Scale;
  readonly augmentation: Augmentation;
  readonly seed: number;
  readonly rank: number;
}

/** Which images, and of which step: the windows of step k are drawn from a stream of its own. */
export interface BatchRequest {
  readonly step: number;
  /** Places in the source. */
  readonly indices: readonly number[];
}

/** Prepares the images of a step: indices.length x side x side x channels numbers. */
export type Prepare = (request: BatchRequest) => Promise<Float32Array<ArrayBuffer>>;

/** Makes the function that prepares batches. Decoders are loaded where there are files. */
export async function imagePreparer({ source, ...rest }: Preparation): Promise<Prepare> {
  const read = await reader(source);
  const channels = 'paths' in source ? 3 : (source.channels ?? 1);
  const { side, scale, augmentation, seed, rank } = rest;
  const size = side * side * channels;
  return async ({ step, indices }) => {
    // Streams above 0 are the orders of the epochs; stream 0 of a seed is the one that data are dealt by.
    const stream = random(seed, rank, -1 - step);
    const out = new Float32Array(indices.length * size);
    for (const [place, index] of indices.entries()) {
      const image = await read(index);
      const { width, height } = image;
      const window = windowOf({ width, height, side }, augmentation, stream);
      const seen = await image.seen(window, side);
      writeScaled(seen, {
        ...{ side, isMirrored: window.isMirrored, scale },
        ...{ out, offset: place * size }
      });
    }
    return out;
  };
}

/** An image of either source. */
interface Readable {
  readonly width: number;
  readonly height: number;
  seen(window: Rectangle, side: number): ArrayLike<number> | Promise<ArrayLike<number>>;
}

async function reader(
  source: ImageSource
): Promise<(index: number) => Readable | Promise<Readable>> {
  if ('paths' in source) {
    const open = await imageOpener();
    return index => open(source.paths[index]);
  }
  const { side, channels = 1, pixels } = source;
  const size = side * side * channels;
  return index => {
    const data = pixels.subarray(index * size, (index + 1) * size);
    const image = { width: side, height: side, channels, data };
    return { ...image, seen: (window, side) => seenOf(image, window, side) };
  };
}
