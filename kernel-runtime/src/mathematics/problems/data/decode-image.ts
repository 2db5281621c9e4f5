/** PNG and JPEG files as red, green and blue bytes. The decoders are loaded with the first picture. */
import { readFileSync } from 'node:fs';
import { DecentLabError } from '../../../errors.js';

/** Colours, row by row, the three channels of a pixel side by side. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** width x height x 3 numbers from 0 to 255. */
  readonly rgb: Uint8Array;
}

/** What the decoders give: one to four numbers a pixel, or one that points into a palette. */
interface Raw {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
  readonly depth?: number;
  readonly palette?: ArrayLike<ArrayLike<number>>;
}

const CHANNELS = 3;
const PNG_BEGINS = [0x89, 0x50, 0x4e, 0x47];

/** Decodes a file by what it holds: some data sets have PNG files that end in .JPEG. */
export type Decode = (path: string) => Picture;

/**
 * The decoder of files.
 * @returns a function that throws FILE_INVALID, with the reason, for a file that is no whole picture of 8 bits a number
 */
export async function imageDecoder(): Promise<Decode> {
  const [png, jpeg] = await Promise.all([import('fast-png'), import('jpeg-js')]);
  const asJpeg = (content: Buffer): Raw =>
    jpeg.default.decode(content, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false });
  const raw = (content: Buffer): Raw =>
    PNG_BEGINS.every((byte, k) => content[k] === byte) ? png.decode(content) : asJpeg(content);
  return path => {
    try {
      return pictureOf(path, raw(readFileSync(path)));
    } catch (error) {
      if (error instanceof DecentLabError) throw error;
      const received = error instanceof Error ? error.message : error;
      throw damaged(path, 'a PNG or JPEG image', received);
    }
  };
}

function pictureOf(path: string, { width, height, data, depth = 8, palette }: Raw): Picture {
  if (depth !== 8) throw damaged(path, '8 bits a number', depth);
  const channels = data.length / (width * height);
  if (channels === CHANNELS && data instanceof Uint8Array) return { width, height, rgb: data };
  const rgb = new Uint8Array(width * height * CHANNELS);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      // One or two numbers a pixel are grey (and opacity), three or four are colour (and opacity).
      const place = pixel * channels + (channels < CHANNELS ? 0 : channel);
      rgb[pixel * CHANNELS + channel] = palette ? palette[data[pixel]][channel] : data[place];
    }
  }
  return { width, height, rgb };
}

/** The error of a file that is of another kind, or damaged. */
export function damaged(path: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('FILE_INVALID', { path, expected, received });
}
