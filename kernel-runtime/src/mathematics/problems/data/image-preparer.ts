/** Images as the numbers that a network takes: read, cut out, mirrored and scaled. Runs in a thread, or in the caller. */
import { random } from '../../math/random.js';
import type { ImageFiles } from '../image-files.js';
import type { ImageSet } from '../images.js';
import { windowOf, type Augmentation } from './augment.js';
import { pixelsOf, writeWindow, type Pixels, type Scale } from './crop.js';
import { imageDecoder } from './decode-image.js';

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
export type Prepare = (request: BatchRequest) => Float32Array<ArrayBuffer>;

/** Makes the function that prepares batches. Decoders are loaded where there are files. */
export async function imagePreparer({ source, ...rest }: Preparation): Promise<Prepare> {
  const read = await reader(source);
  const channels = 'paths' in source ? 3 : (source.channels ?? 1);
  const { side, scale, augmentation, seed, rank } = rest;
  const size = side * side * channels;
  return ({ step, indices }) => {
    // Streams above 0 are the orders of the epochs; stream 0 of a seed is the one that data are dealt by.
    const stream = random(seed, rank, -1 - step);
    const out = new Float32Array(indices.length * size);
    indices.forEach((index, place) => {
      const image = read(index);
      const window = windowOf({ ...image, side }, augmentation, stream);
      writeWindow(image, window, { side, scale, out, offset: place * size });
    });
    return out;
  };
}

async function reader(source: ImageSource): Promise<(index: number) => Pixels> {
  if ('paths' in source) {
    const decode = await imageDecoder();
    return index => pixelsOf(decode(source.paths[index]));
  }
  const { side, channels = 1, pixels } = source;
  const size = side * side * channels;
  return index => ({
    ...{ width: side, height: side, channels },
    data: pixels.subarray(index * size, (index + 1) * size)
  });
}
