/** Images from the disk: folders of PNG and JPEG files, one folder a class, and the binary files of CIFAR-10. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CIFAR_FOLDER, CIFAR_SIDE, cifar10Files, readCifar10 } from './data/cifar10-files.js';
import { damaged, imageOpener } from './data/image-file.js';
import type { ImageSet } from './images.js';
import { assertCount, invalid } from './problem.js';

export { cifar10Classes } from './data/cifar10-files.js';

const CHANNELS = 3;
/** Files that are decoded side by side. */
const AT_ONCE = 8;
/** A label of a set in memory is one byte. */
const MOST_CLASSES = 256;

export interface LoadImagesOptions {
  /** At most so many images a class, the first by name. Defaults to all. */
  mostPerClass?: number;
}

/** Files of images, one folder a class, none of them read: any number of them, of any sizes, as ImageNet is stored. */
export interface ImageFiles {
  readonly paths: readonly string[];
  /** The class of each file, 0, 1, … in the order of the folders' names. */
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
}

/**
 * CIFAR-10 from a folder of yours: the official binary files (`data_batch_1.bin` … `test_batch.bin`), or `train/<class>/`
 * and `test/<class>/` with PNG or JPEG files. Nothing is downloaded; `await cifar10Folder()` does that.
 * @param folder also the folder above `cifar-10-batches-bin`
 * @throws FILE_INVALID for a file that is incomplete, or not of 32 x 32 colour images; VALUE_INVALID if nothing is there
 */
export async function loadCifar10(
  folder: string,
  set: 'train' | 'test',
  options: LoadImagesOptions = {}
): Promise<ImageSet> {
  assertMost('loadCifar10', options);
  const places = [folder, join(folder, CIFAR_FOLDER)];
  const binaries = places.find(place => existsSync(join(place, cifar10Files[set][0])));
  if (binaries) {
    const paths = cifar10Files[set].map(name => join(binaries, name));
    return readCifar10(paths, options.mostPerClass ?? Infinity);
  }
  if (!existsSync(join(folder, set))) {
    const expected = `${cifar10Files[set][0]} or ${set}/<class>/*.png`;
    throw invalid(`loadCifar10, ${folder}`, expected, 'neither');
  }
  const images = await loadImageFolder(join(folder, set), options);
  if (images.side !== CIFAR_SIDE)
    throw damaged(join(folder, set), '32 x 32 images', `side ${images.side}`);
  return images;
}

/**
 * The images of `folder/<class>/*.png|jpg|jpeg`, all square and of one size, in colour, in memory. Classes and files go
 * by name. About 0.3 ms an image of 32 x 32. Images of different sizes, or more than fit: `listImages`.
 * @throws FILE_INVALID for a file that cannot be decoded or has another size; VALUE_INVALID for a folder without images
 */
export async function loadImageFolder(
  folder: string,
  options: LoadImagesOptions = {}
): Promise<ImageSet> {
  const { paths, labels, classNames } = listImages(folder, options);
  if (classNames.length > MOST_CLASSES)
    throw invalid(
      'loadImageFolder',
      `at most ${MOST_CLASSES} classes; listImages takes more`,
      classNames.length
    );
  const open = await imageOpener();
  const { width: side } = await open(paths[0]);
  const size = side ** 2 * CHANNELS;
  const pixels = new Uint8Array(paths.length * size);
  const load = async (path: string, k: number): Promise<void> => {
    const image = await open(path);
    const { width, height } = image;
    if (width !== height) throw damaged(path, 'a square image', `${width} x ${height}`);
    if (width !== side) throw damaged(path, `${side} pixels a side`, width);
    pixels.set((await image.pixels()).data, k * size);
  };
  for (let k = 0; k < paths.length; k += AT_ONCE)
    await Promise.all(paths.slice(k, k + AT_ONCE).map((path, i) => load(path, k + i)));
  return {
    ...{ count: paths.length, side, channels: CHANNELS, pixels },
    ...{ labels: Uint8Array.from(labels), classNames }
  };
}

/**
 * The files `folder/<class>/*.png|jpg|jpeg`, without reading them: for `imageBatches`, which decodes them as they are
 * needed. A set of ImageNet is such a folder: `train/n01440764/*.JPEG`.
 * @throws VALUE_INVALID for a folder that is not there, has no folders, or has one without an image
 */
export function listImages(folder: string, options: LoadImagesOptions = {}): ImageFiles {
  const { mostPerClass = Infinity } = options;
  assertMost('listImages', options);
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const classNames = isFolder ? subfoldersOf(folder) : [];
  if (classNames.length === 0)
    throw invalid('a folder of images', 'a folder with one folder a class', folder);
  const files = classNames.map(name => imagesIn(join(folder, name)).slice(0, mostPerClass));
  const empty = files.findIndex(names => names.length === 0);
  if (empty >= 0) {
    const where = join(folder, classNames[empty]);
    throw invalid('a folder of images', 'a PNG or JPEG file in every class', where);
  }
  const labels = Int32Array.from(files.flatMap((names, label) => names.map(() => label)));
  return { paths: files.flat(), labels, classNames };
}

function assertMost(what: string, { mostPerClass }: LoadImagesOptions): void {
  if (mostPerClass === undefined || mostPerClass === Infinity) return;
  assertCount(`${what}, mostPerClass`, mostPerClass, 1);
}

function subfoldersOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function imagesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => /\.(png|jpe?g)$/i.test(name))
    .sort()
    .map(name => join(folder, name));
}
