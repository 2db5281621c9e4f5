/** Files of MNIST's kind from a folder of the user's: whole ones are read, all others are named. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMnist } from '../../../kernel-runtime/src/mathematics/problems/mnist.js';
import { temporaryFolder } from '../../helpers/folder.js';

const folder = temporaryFolder();

function idx(magic: number, sizes: readonly number[], content: readonly number[]): Buffer {
  const header = Buffer.alloc(4 * (1 + sizes.length));
  [magic, ...sizes].forEach((value, k) => header.writeUInt32BE(value, 4 * k));
  return Buffer.concat([header, Buffer.from(content)]);
}

const images = idx(2051, [2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]);
const labels = idx(2049, [2], [9, 0]);

function write(name: string, files: { images?: Buffer; labels?: Buffer }): string {
  const place = join(folder, name);
  mkdirSync(place);
  if (files.images) writeFileSync(join(place, 'train-images-idx3-ubyte'), files.images);
  if (files.labels) writeFileSync(join(place, 'train-labels-idx1-ubyte'), files.labels);
  return place;
}

describe("loadMnist from a folder of the user's", () => {
  it('reads images and labels', () => {
    const set = loadMnist('train', write('whole', { images, labels }));
    expect([set.count, set.side, ...set.pixels, ...set.labels]).toEqual([
      ...[2, 2, 0, 1, 2, 3, 4, 5, 6, 7],
      ...[9, 0]
    ]);
  });

  it.each<[string, { images?: Buffer; labels?: Buffer }, RegExp]>([
    ['no labels', { images }, /a folder with .*train-labels-idx1-ubyte, received "?ENOENT/],
    [
      'half the images',
      { images: images.subarray(0, 20), labels },
      /images-idx3-ubyte cannot be used: expected 24 bytes, received 20 bytes/
    ],
    ['half a header', { images: images.subarray(0, 6), labels }, /expected an idx file \(2051\)/],
    ['labels in place of images', { images: labels, labels }, /expected an idx file \(2051\)/],
    ['a label too few', { images, labels: idx(2049, [1], [9]) }, /expected 2 labels, received 1/],
    [
      'a label out of range',
      { images, labels: idx(2049, [2], [9, 10]) },
      /labels from 0 to 9 \(image 1\), received 10/
    ],
    [
      'images that are not square',
      { images: idx(2051, [2, 1, 4], [0, 1, 2, 3, 4, 5, 6, 7]), labels },
      /square images, received 4 x 1/
    ]
  ])('refuses %s', (name, files, sentence) => {
    expect(() => loadMnist('train', write(name, files))).toThrow(sentence);
  });
});
