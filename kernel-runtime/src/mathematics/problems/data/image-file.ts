/**
 * PNG and JPEG files: their size, their pixels, or a window of them in another size. `sharp` decodes, cuts and resizes in
 * compiled code; it is loaded with the first file.
 */
import { readFileSync } from 'node:fs';
import type { Sharp, SharpOptions } from 'sharp';
import { DecentLabError } from '../../../errors.js';
import { isWithin, seenOf, type Pixels, type Rectangle } from './crop.js';

/** A file that can be decoded as far as its header tells. */
export interface ImageFile {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of all pixels, as they stand in a PNG file. @throws FILE_INVALID */
  pixels(): Promise<Pixels>;
  /** The same of a window, brought to side x side pixels. @throws FILE_INVALID */
  seen(window: Rectangle, side: number): Promise<ArrayLike<number>>;
}

/** Opens a file by what it holds: some data sets have PNG files that end in .JPEG. */
export type OpenImage = (path: string) => Promise<ImageFile>;

const CHANNELS = 3;
const FORMATS: readonly unknown[] = ['png', 'jpeg'];
/** Of libvips, for a number from 0 to 255. */
const BYTE = 'uchar';
/** So much larger than its result, a picture is decoded at a half, a fourth or an eighth of its size, which JPEG is made for. */
const MUCH_LARGER = 2;

/**
 * The opener of files. A process has to call it before it starts threads that do: a library that one thread alone has
 * loaded goes with it.
 * @returns a function that throws FILE_INVALID for a file that is no PNG or JPEG image of 8 bits a number
 */
export async function imageOpener(): Promise<OpenImage> {
  const { default: sharp } = await import('sharp');
  // Whoever wants more threads starts them; nothing is decoded twice.
  sharp.concurrency(1);
  sharp.cache(false);
  return async path => {
    const content = contentOf(path);
    const decoder = (options?: SharpOptions): Sharp =>
      sharp(content, options).removeAlpha().toColourspace('srgb');
    const { format, depth, width, height } = await orDamaged(path, sharp(content).metadata());
    if (!FORMATS.includes(format)) throw damaged(path, 'a PNG or JPEG image', format);
    if (depth !== BYTE) throw damaged(path, '8 bits a number', depth);
    return fileOf({ path, width, height, decoder });
  };
}

interface Opened {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** A new one for each use. */
  decoder(): Sharp;
}

function fileOf({ path, width, height, decoder }: Opened): ImageFile {
  const bytes = (pipeline: Sharp): Promise<Uint8Array> =>
    orDamaged(path, pipeline.raw().toBuffer());
  const pixels = async (): Promise<Pixels> => ({
    ...{ width, height, channels: CHANNELS },
    data: await bytes(decoder())
  });
  const seen = async (window: Rectangle, side: number): Promise<ArrayLike<number>> => {
    const isExact = window.width === side && window.height === side;
    if (isExact || !isWithin(window, { width, height }))
      return seenOf(await pixels(), window, side);
    return bytes(resized(decoder(), { window, side, width, height }));
  };
  return { width, height, pixels, seen };
}

/** The part first and then its size, or the other way round where that lets the file be decoded at a smaller size. */
function resized(
  pipeline: Sharp,
  {
    window,
    side,
    width,
    height
  }: { window: Rectangle; side: number; width: number; height: number }
): Sharp {
  const how = { fit: 'fill', kernel: 'linear' } as const;
  const [across, down] = [side / window.width, side / window.height];
  if (Math.max(across, down) > 1 / MUCH_LARGER)
    return pipeline.extract(asArea(window)).resize(side, side, how);
  const [w, h] = [Math.round(width * across), Math.round(height * down)];
  const left = Math.min(w - side, Math.round(window.left * across));
  const top = Math.min(h - side, Math.round(window.top * down));
  return pipeline.resize(w, h, how).extract({ left, top, width: side, height: side });
}

function asArea({ left, top, width, height }: Rectangle): Rectangle {
  return { left, top, width, height };
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw damaged(path, 'a PNG or JPEG image', messageOf(error));
  }
}

async function orDamaged<T>(path: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw damaged(path, 'a PNG or JPEG image', messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0] : String(error);
}

/** The error of a file that is of another kind, or damaged. */
export function damaged(path: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('FILE_INVALID', { path, expected, received });
}
