/** Batches of images: what a step sees is a function of seed, rank and step, and bad files are named. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  imageBatches,
  type ImageBatchesOptions,
  type Images
} from '../../../kernel-runtime/src/mathematics/problems/image-batches.js';
import { listImages } from '../../../kernel-runtime/src/mathematics/problems/image-files.js';
import type { ImageSet } from '../../../kernel-runtime/src/mathematics/problems/images.js';
import { evaluate } from '../../../kernel-runtime/src/mathematics/problems/models/evaluate.js';
import { loadTensorflow } from '../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { temporaryFolder } from '../../helpers/folder.js';

const folder = temporaryFolder();
/** Bytes as they are. */
const RAW = { mean: [0], deviation: [1] };

/** Image k is grey, all of its 4 x 4 pixels k; its class is k modulo 3. */
const plain: ImageSet = {
  ...{ count: 12, side: 4, pixels: Uint8Array.from({ length: 12 * 16 }, (_, p) => p >> 4) },
  labels: Uint8Array.from({ length: 12 }, (_, k) => k % 3)
};
/** One image whose pixels are 1 … 16. */
const numbered: ImageSet = {
  ...{ count: 1, side: 4, pixels: Uint8Array.from({ length: 16 }, (_, p) => p + 1) },
  labels: Uint8Array.of(0),
  classNames: ['a', 'b']
};

async function batchesOf(images: Images, options: ImageBatchesOptions) {
  const batches = await imageBatches(images, { scale: RAW, ...options });
  onTestFinished(() => batches.close());
  const take = async (): Promise<{ pixels: number[]; labels: number[]; shape: number[] }> => {
    const { xs, ys } = await batches.next();
    const [pixels, hot] = await Promise.all([xs.data(), ys.argMax(1).data()]);
    const shape = xs.shape;
    xs.dispose();
    ys.dispose();
    return { pixels: Array.from(pixels), labels: Array.from(hot), shape };
  };
  /** Which images of `plain` the next batch holds. */
  const next = async (): Promise<number[]> => (await take()).pixels.filter((_, p) => p % 16 === 0);
  return { batches, take, next };
}

describe('Batches of images', () => {
  it('show every image once an epoch, each with its class, in another order every epoch', async () => {
    const { take, batches } = await batchesOf(plain, { batch: 4, seed: 5, threads: 2 });
    const epochs: number[][] = [[], []];
    for (const epoch of epochs)
      for (let k = 0; k < batches.stepsPerEpoch; k++) {
        const { pixels, labels, shape } = await take();
        expect(shape).toEqual([4, 4, 4, 1]);
        labels.forEach((label, b) => expect(label).toBe(pixels[16 * b] % 3));
        epoch.push(...pixels.filter((_, p) => p % 16 === 0));
      }
    const all = Array.from({ length: 12 }, (_, k) => k);
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(all);
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it('are those of the seed and the rank, and go on after a restore with the very next one', async () => {
    const options = {
      batch: 5,
      seed: 2,
      rank: 1,
      indices: [0, 1, 2, 4, 5, 7, 9],
      augmentation: { crop: { padding: 1 } }
    };
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map(rank => batchesOf(plain, { ...options, rank }))
    );
    const first = [await one.take(), await one.take(), await one.take()];
    expect([await same.take(), await same.take(), await same.take()]).toEqual(first);
    expect([await other.take(), await other.take(), await other.take()]).not.toEqual(first);
    const state = one.batches.state();
    const after = [await one.take(), await one.take()];
    one.batches.restore(state);
    expect([await one.take(), await one.take()]).toEqual(after);
    const fresh = await batchesOf(plain, options);
    fresh.batches.restore(JSON.parse(JSON.stringify(state)) as typeof state);
    expect([await fresh.take(), await fresh.take()]).toEqual(after);
  });

  it('are all images of the rank, in their order, where no size is given', async () => {
    const { next, take } = await batchesOf(plain, { indices: [4, 3, 8] });
    expect([await next(), await next()]).toEqual([
      [4, 3, 8],
      [4, 3, 8]
    ]);
    expect((await take()).labels).toEqual([1, 0, 2]);
  });

  it('begin the next epoch within a batch that is larger than what is left', async () => {
    const { next } = await batchesOf(plain, { batch: 5, indices: [0, 1, 2] });
    const seen = [...(await next()), ...(await next()), ...(await next())];
    for (let epoch = 0; epoch < 5; epoch++)
      expect(seen.slice(3 * epoch, 3 * epoch + 3).toSorted()).toEqual([0, 1, 2]);
  });

  it('cut a window out of the image and its black border, mirrored or not', async () => {
    const { take } = await batchesOf(numbered, {
      batch: 64,
      augmentation: { crop: { padding: 2 }, flip: true }
    });
    const { pixels } = await take();
    const windows = Array.from({ length: 64 }, (_, k) => pixels.slice(16 * k, 16 * k + 16).join());
    const bordered = (row: number, column: number): number =>
      row < 0 || row > 3 || column < 0 || column > 3 ? 0 : 4 * row + column + 1;
    const expected = [-2, -1, 0, 1, 2].flatMap(top =>
      [-2, -1, 0, 1, 2].flatMap(left =>
        [false, true].map(isMirrored =>
          Array.from({ length: 16 }, (_, p) => {
            const column = isMirrored ? 3 - (p % 4) : p % 4;
            return bordered(top + (p >> 2), left + column);
          }).join()
        )
      )
    );
    for (const window of windows) expect(expected).toContain(window);
    // 64 draws out of 50 windows leave few of them out.
    expect(new Set(windows).size).toBeGreaterThan(25);
  });

  it('are scaled by the mean and the deviation of each channel', async () => {
    const { take } = await batchesOf(numbered, { scale: { mean: [1], deviation: [3] } });
    expect((await take()).pixels.slice(0, 4)).toEqual([0, 1, 2, 3].map(k => Math.fround(k / 3)));
  });

  it.each<[string, Partial<ImageBatchesOptions>, RegExp]>([
    ['no images', { indices: [] }, /at least one image, received "?none/],
    ['an index that is none', { indices: [0, 12] }, /from 0 to 11, the images, received 12/],
    ['a batch of 0', { batch: 0 }, /batch.*>= 1, received 0/],
    ['a label above the classes', { classes: 2 }, /0 to 1, the classes, received 2/],
    [
      'a scale of another shape',
      { scale: { mean: [0, 0, 0], deviation: [1, 1, 1] } },
      /of 1 channels/
    ],
    ['a deviation of 0', { scale: { mean: [0], deviation: [0] } }, /not 0/],
    ['a crop that is none', { augmentation: { crop: { padding: -1 } } }, /'area' or \{ padding \}/],
    ['no threads', { threads: 0 }, /threads.*>= 1, received 0/]
  ])('refuse %s', async (_, options, sentence) => {
    await expect(imageBatches(plain, options)).rejects.toThrow(sentence);
  });
});

/** A picture of one colour, from left to right brighter in its red. */
function picture(width: number, height: number, green: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, p) =>
    p % 3 === 0 ? Math.round((255 * (Math.floor(p / 3) % width)) / (width - 1)) : green
  );
}

function write(path: string, content: Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const png = (width: number, height: number, green: number): Uint8Array =>
  encode({ width, height, data: picture(width, height, green), channels: 3, depth: 8 });
const asJpeg = (width: number, height: number, green: number): Promise<Buffer> =>
  sharp(picture(width, height, green), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();

describe('Files as ImageNet is stored', () => {
  it('of any sizes are brought to one, middle or part, by their contents and not by their endings', async () => {
    write('net/n01/a.JPEG', await asJpeg(64, 48, 40));
    write('net/n01/b.jpg', png(32, 32, 80));
    write('net/n02/c.png', png(20, 90, 120));
    const files = listImages(join(folder, 'net'));
    expect([files.classNames, Array.from(files.labels)]).toEqual([
      ['n01', 'n02'],
      [0, 0, 1]
    ]);
    for (const augmentation of [{}, { crop: 'area', flip: true }] as const) {
      const scale = { mean: [0, 0, 0], deviation: [1, 1, 1] };
      const { take } = await batchesOf(files, { side: 16, scale, augmentation });
      const { pixels, labels, shape } = await take();
      expect([shape, labels]).toEqual([
        [3, 16, 16, 3],
        [0, 0, 1]
      ]);
      [40, 80, 120].forEach((green, k) => {
        const own = pixels.slice(768 * k, 768 * k + 768);
        for (const value of own.filter((_, p) => p % 3 === 1))
          expect(Math.abs(value - green)).toBeLessThan(4);
        // A ramp stays a ramp: brighter to one side, in even steps.
        const red = own.filter((_, p) => p % 3 === 0).slice(0, 16);
        const rise = (red[14] - red[1]) / 13;
        red
          .slice(1, 15)
          .forEach((value, x) => expect(Math.abs(value - red[1] - rise * x)).toBeLessThan(4));
        expect(Math.abs(rise)).toBeGreaterThan(0.5);
      });
    }
  });

  it('that are half written are named by the step that needs them, and not before', async () => {
    write('half/a/good.png', png(8, 8, 1));
    write('half/b/bad.jpg', (await asJpeg(64, 64, 1)).subarray(0, 300));
    const { take, batches } = await batchesOf(listImages(join(folder, 'half')), {
      side: 8,
      batch: 1,
      seed: 3,
      scale: undefined
    });
    const outcomes = await Promise.allSettled([take(), take()].map(async p => (await p).labels));
    expect(batches.state()).toEqual({ step: 2 });
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { reason } = outcomes.find(
      ({ status }) => status === 'rejected'
    ) as PromiseRejectedResult;
    expect(reason).toMatchObject({ code: 'FILE_INVALID' });
    expect(String(reason)).toMatch(/bad\.jpg cannot be used: expected a PNG or JPEG image/);
  });

  it('need to be told the size', async () => {
    await expect(imageBatches(listImages(join(folder, 'net')))).rejects.toThrow(
      /imageBatches, side/
    );
  });
});

describe('evaluate', () => {
  it('counts every image once, in batches that do not divide them', async () => {
    const tf = await loadTensorflow();
    const model = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [4, 4, 1] }), tf.layers.dense({ units: 3 })]
    });
    // The logits are 10 − pixel, 5 and pixel: small images are of class 0, those of 10 and 11 of class 2.
    const kernel = tf.tensor2d(
      Array.from({ length: 48 }, (_, p) => (p > 2 ? 0 : p - 1)),
      [16, 3]
    );
    model.setWeights([kernel, tf.tensor1d([10, 5.5, 0])]);
    const guess = Array.from({ length: 12 }, (_, k) => [10 - k, 5.5, k]);
    const correct = guess.filter(
      (logits, k) => logits.indexOf(Math.max(...logits)) === k % 3
    ).length;
    const losses = guess.map(
      (logits, k) => Math.log(logits.reduce((s, z) => s + Math.exp(z), 0)) - logits[k % 3]
    );
    const { accuracy, loss } = await evaluate(model, plain, { batch: 5, scale: RAW });
    expect(accuracy).toBe(correct / 12);
    expect(loss).toBeCloseTo(losses.reduce((s, l) => s + l, 0) / 12, 4);
    model.dispose();
  });
});
