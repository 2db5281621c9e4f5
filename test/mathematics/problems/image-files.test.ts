/** CIFAR-10 from its binary files and from folders, on small files in the real formats. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { encode as encodePng } from 'fast-png';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  cifar10Classes,
  loadCifar10,
  loadImageFolder
} from '../../../kernel-runtime/src/mathematics/problems/image-files.js';
import { featuresOf } from '../../../kernel-runtime/src/mathematics/problems/images.js';
import { multinomialRegression } from '../../../kernel-runtime/src/mathematics/problems/regressions.js';
import { imageSamples } from '../../../kernel-runtime/src/mathematics/problems/samples.js';
import { dealByDirichlet } from '../../../kernel-runtime/src/mathematics/problems/shares.js';
import { mean, norm } from '../../../kernel-runtime/src/mathematics/math/vectors.js';

const root = mkdtempSync(join(tmpdir(), 'images-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Number p of the image of a seed, red, green and blue side by side. */
const pixel = (seed: number, p: number): number => (seed * 37 + p * 11 + (p % 3) * 50) % 256;
const rgbOf = (seed: number, side = 32): Uint8Array =>
  Uint8Array.from({ length: side * side * 3 }, (_, p) => pixel(seed, p));

/** One record of the official format: label, red plane, green plane, blue plane. */
function record(label: number, seed: number): Buffer {
  const rgb = rgbOf(seed);
  const planes = [0, 1, 2].flatMap(channel => Array.from(rgb.filter((_, p) => p % 3 === channel)));
  return Buffer.from([label, ...planes]);
}

function png(seed: number, side = 32): Uint8Array {
  return encodePng({ width: side, height: side, data: rgbOf(seed, side), channels: 3, depth: 8 });
}

beforeAll(() => {
  const binary = join(root, 'binary', 'cifar-10-batches-bin');
  mkdirSync(binary, { recursive: true });
  for (let batch = 1; batch <= 5; batch++) {
    const records = Array.from({ length: 4 }, (_, k) =>
      record((4 * batch + k) % 10, 4 * batch + k)
    );
    writeFileSync(join(binary, `data_batch_${batch}.bin`), Buffer.concat(records));
  }
  writeFileSync(join(binary, 'test_batch.bin'), record(7, 99));
  cifar10Classes.forEach((name, label) => {
    for (const [set, files] of [
      ['train', 3],
      ['test', 1]
    ] as const) {
      const folder = join(root, 'folders', set, name);
      mkdirSync(folder, { recursive: true });
      for (let k = 0; k < files; k++)
        writeFileSync(join(folder, `000${k}.png`), png(10 * label + k));
    }
  });
});

describe('CIFAR-10', () => {
  it('is read from the official binary files', async () => {
    const set = await loadCifar10(join(root, 'binary'), 'train');
    expect([set.count, set.side, set.channels]).toEqual([20, 32, 3]);
    expect(Array.from(set.labels.slice(0, 3))).toEqual([4, 5, 6]);
    expect(set.pixels.subarray(0, 3072)).toEqual(rgbOf(4));
    expect(set.pixels.subarray(19 * 3072)).toEqual(rgbOf(23));
    const test = await loadCifar10(join(root, 'binary', 'cifar-10-batches-bin'), 'test');
    expect([test.count, test.classNames?.[test.labels[0]]]).toEqual([1, 'horse']);
  });

  it('is read from folders of PNG files, the same pixels and labels', async () => {
    const set = await loadCifar10(join(root, 'folders'), 'train');
    expect([set.count, set.side, set.channels]).toEqual([30, 32, 3]);
    expect(set.classNames).toEqual([...cifar10Classes]);
    expect(Array.from(set.labels.slice(0, 4))).toEqual([0, 0, 0, 1]);
    expect(set.pixels.subarray(3072, 2 * 3072)).toEqual(rgbOf(1));
  });

  it.each(['binary', 'folders'])('gives at most so many images a class: %s', async kind => {
    const set = await loadCifar10(join(root, kind), 'train', { mostPerClass: 1 });
    expect(Array.from(set.labels).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('makes features and a softmax regression with its minimiser', async () => {
    const set = await loadCifar10(join(root, 'folders'), 'train');
    const features = featuresOf(set, [4], { pool: 4 });
    expect(features).toHaveLength(8 * 8 * 3 + 1);
    expect(mean(features.subarray(0, 192))).toBeCloseTo(mean(rgbOf(11)) / 255, 5);
    const samples = imageSamples(set, { pool: 4 });
    const shares = dealByDirichlet(samples.labels, { n: 4, alpha: 0.3 });
    const problem = multinomialRegression({ samples, shares });
    const g = mean(problem.locals().map(local => local.fullGradient(problem.xStar)));
    expect(norm(g) / 0.01 / norm(problem.xStar)).toBeLessThan(1e-12);
  });
});

describe('image folders', () => {
  const folder = (name: string, files: Record<string, Uint8Array>): string => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(root, name, path, '..'), { recursive: true });
      writeFileSync(join(root, name, path), content);
    }
    return join(root, name);
  };

  it('may hold JPEG and grey PNG files', async () => {
    const raw = { width: 8, height: 8, channels: 3 } as const;
    const coded = await sharp(new Uint8Array(192).fill(120), { raw }).jpeg().toBuffer();
    const grey = encodePng({
      width: 8,
      height: 8,
      data: new Uint8Array(64).fill(120),
      channels: 1,
      depth: 8
    });
    const set = await loadImageFolder(folder('mixed', { 'a/1.jpg': coded, 'b/1.PNG': grey }));
    expect([set.count, set.side, ...set.labels]).toEqual([2, 8, 0, 1]);
    expect(Math.max(...set.pixels.map(value => Math.abs(value - 120)))).toBeLessThan(3);
  });

  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    [
      'half a file',
      { 'a/1.png': png(1, 8).subarray(0, 60) },
      /1\.png cannot be used: expected a PNG or JPEG image/
    ],
    [
      'text with the name of an image',
      { 'a/1.jpg': Buffer.from('hello') },
      /1\.jpg cannot be used/
    ],
    [
      'a drawing with the name of an image',
      { 'a/1.png': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>') },
      /1\.png cannot be used: expected a PNG or JPEG image, received "?svg/
    ],
    [
      '16 bits a number',
      {
        'a/1.png': encodePng({
          ...{ width: 8, height: 8, data: new Uint16Array(192).fill(300) },
          ...{ channels: 3, depth: 16 }
        })
      },
      /1\.png cannot be used: expected 8 bits a number/
    ],
    [
      'two sizes',
      { 'a/1.png': png(1, 8), 'a/2.png': png(1, 4) },
      /2\.png cannot be used: expected 8 pixels/
    ],
    [
      'a class without images',
      { 'a/1.png': png(1, 8), 'b/readme.txt': Buffer.from('x') },
      /in every class/
    ]
  ])('with %s are refused', async (name, files, sentence) => {
    await expect(loadImageFolder(folder(name, files))).rejects.toThrow(sentence);
  });

  it('that are not there, or without classes, are refused', async () => {
    await expect(loadImageFolder(join(root, 'nowhere'))).rejects.toThrow(/one folder a class/);
    await expect(loadCifar10(join(root, 'nowhere'), 'test')).rejects.toThrow(
      /test_batch\.bin or test/
    );
  });

  it.each<[string, Buffer, RegExp]>([
    ['half a record', record(1, 1).subarray(0, 100), /records of 3073 bytes, received 100 bytes/],
    ['nothing', Buffer.alloc(0), /received 0 bytes/],
    ['a label that is none', record(10, 1), /labels from 0 to 9 \(image 0\), received 10/]
  ])('binary files with %s are refused', async (name, content, sentence) => {
    const place = folder(`binary ${name}`, { 'test_batch.bin': content });
    await expect(loadCifar10(place, 'test')).rejects.toThrow(sentence);
  });
});
