/** How fast one thread prepares images, beside the step that uses them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cifarAugmentation,
  imagenetAugmentation
} from '../../../../mathematics/problems/data/augment.js';
import {
  imagePreparer,
  type Preparation
} from '../../../../mathematics/problems/data/image-preparer.js';
import { cifar10Scale, imagenetScale } from '../../../../mathematics/problems/image-batches.js';
import { toFigure } from '../statistics.js';
import type { Figure, Measured, SuiteContext } from '../suite.js';

const BATCH = 32;
const CIFAR = `${BATCH} images of CIFAR-10, cropped and mirrored, one thread`;
const IMAGENET = `${BATCH} JPEG files of 500 x 375 as 224 x 224, one thread`;
const ROUNDS = 5;
const CIFAR_BYTES = 32 * 32 * 3;

/** @param step the fastest step of batch 32 or 8 that was measured, or none */
export async function measureData(
  { only = '', progress }: SuiteContext,
  step: Figure | undefined
): Promise<Measured> {
  const figures: Figure[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'decentlab-bench-'));
  try {
    if (CIFAR.includes(only)) {
      progress(CIFAR);
      figures.push(besideStep(await timed(CIFAR, inMemory()), step));
    }
    if (IMAGENET.includes(only)) {
      progress(IMAGENET);
      figures.push(await timed(IMAGENET, await inFiles(folder)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { figures, notes: [] };
}

async function timed(what: string, preparation: Preparation): Promise<Figure> {
  const prepare = await imagePreparer(preparation);
  const indices = Array.from({ length: BATCH }, () => 0);
  const ours: number[] = [];
  for (let step = 0; step < ROUNDS; step++) {
    const began = performance.now();
    await prepare({ step, indices });
    ours.push(performance.now() - began);
  }
  return toFigure({ what, unit: 'ms', values: { ours } });
}

/** A step waits for no images if they are ready earlier. */
function besideStep(figure: Figure, step: Figure | undefined): Figure {
  if (step === undefined) return figure;
  return {
    ...figure,
    references: { [step.what]: step.ours },
    reach: '<= the fastest step',
    met: figure.ours <= step.ours
  };
}

const draw = { seed: 0, rank: 0 };

function inMemory(): Preparation {
  const pixels = Uint8Array.from({ length: CIFAR_BYTES }, (_, k) => (k * 37) % 256);
  return {
    ...draw,
    source: { side: 32, channels: 3, pixels },
    ...{ side: 32, scale: cifar10Scale, augmentation: cifarAugmentation }
  };
}

async function inFiles(folder: string): Promise<Preparation> {
  const { default: sharp } = await import('sharp');
  const [width, height, channels] = [500, 375, 3] as const;
  // Slow waves, so that the file is about as large as a photograph's.
  const data = Uint8Array.from({ length: width * height * channels }, (_, k) => {
    const pixel = Math.floor(k / channels);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return 128 + 60 * Math.sin(x / 7 + (k % channels)) + 60 * Math.sin((x * y) / 900);
  });
  const path = join(folder, 'photograph.jpg');
  await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 85 }).toFile(path);
  return {
    ...draw,
    source: { paths: [path] },
    ...{ side: 224, scale: imagenetScale, augmentation: imagenetAugmentation }
  };
}
