/**
 * The CIFAR-10 experiment of the talk: PmSGD, DmSGD and DecentLaM on eight engines, with small and large batches.
 *
 *   decentlab run -n 8 notebooks/cifar10-large-batch/run.ts                     two cores: 3,200 images, a minute
 *   decentlab run -n 8 notebooks/cifar10-large-batch/run.ts --full              a GPU: all images, ResNet-20, 2K and 8K
 *   decentlab run -n 8 notebooks/cifar10-large-batch/run.ts --full --steps 50   the beginning of it
 *
 * Options: --data FOLDER (else the images are fetched, 139 MB), --methods pmsgd,dmsgd,decentlam, --seeds 0,1,2,
 * --batches 2048,8192 (or all), --net NAME, --images N, --tests N, --steps N, --gamma X, --beta X, --split class|iid|ALPHA,
 * --topology NAME, --statistics local|averaged, --out FILE.json.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { barrier, cifar10Folder, loadCifar10, rank, size, type ImageSet } from 'decentlab';
import {
  full,
  methods,
  reduced,
  train,
  type Method,
  type Outcome,
  type Setting
} from './training.js';

const CLASSES = 10;
const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    full: { type: 'boolean' },
    ...{
      data: text,
      methods: text,
      seeds: text,
      batches: text,
      net: text,
      images: text,
      tests: text
    },
    ...{
      steps: text,
      gamma: text,
      beta: text,
      split: text,
      topology: text,
      statistics: text,
      out: text
    }
  }
});

const chosen = list(values.methods, Object.keys(methods)).map(methodNamed);
const seeds = list(values.seeds, ['0']).map(Number);
const batches = list(values.batches, values.full ? ['2048', '8192'] : ['all']).map(batch =>
  batch === 'all' ? batch : wholeNumber(batch)
);

const data = await images();
const outcomes: Outcome[] = [];
for (const batch of batches) {
  for (const seed of seeds) {
    for (const method of chosen) {
      const outcome = await train(method, data, settingOf(batch, seed));
      outcomes.push(outcome);
      if (rank() === 0) console.log(lineOf(outcome));
    }
  }
}
if (rank() === 0) {
  console.log(`Statistics of batch normalisation: ${outcomes[0].statistics}.`);
  if (values.out) writeFileSync(values.out, JSON.stringify({ engines: size(), outcomes }, null, 2));
}

/** Rank 0 fetches them, so that the others find them. */
async function images(): Promise<{ training: ImageSet; test: ImageSet }> {
  if (rank() === 0 && !values.data) await cifar10Folder();
  await barrier();
  const folder = values.data ?? (await cifar10Folder());
  const most = (count: string | undefined, few: number): { mostPerClass?: number } => {
    if (count === undefined && values.full) return {};
    return { mostPerClass: Math.ceil((count === undefined ? few : wholeNumber(count)) / CLASSES) };
  };
  const [training, test] = await Promise.all([
    loadCifar10(folder, 'train', most(values.images, 3200)),
    loadCifar10(folder, 'test', most(values.tests, 800))
  ]);
  return { training, test };
}

function settingOf(batch: number | 'all', seed: number): Setting {
  const base = values.full ? full(Number(batch)) : reduced;
  const given = {
    net: values.net,
    steps: values.steps && wholeNumber(values.steps),
    gamma: values.gamma && Number(values.gamma),
    beta: values.beta && Number(values.beta),
    split: values.split && splitNamed(values.split),
    topology: values.topology,
    statistics: values.statistics
  };
  const changed = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...base, batch, seed, ...(Object.fromEntries(changed) as Partial<Setting>) };
}

function lineOf({ method, batch, seed, own, averaged, losses, ...rest }: Outcome): string {
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const spread = `${percent(own.least)} – ${percent(own.greatest)}`;
  const [seconds, waiting] = [rest.seconds, rest.waiting].map(time => time.toFixed(1));
  const last = losses[losses.length - 1].toFixed(3);
  return [
    `${method.padEnd(9)} batch ${batch}, seed ${seed}: ${percent(own.mean)} (${spread}), averaged ${percent(averaged)};`,
    `loss ${last}, ${losses.length} steps in ${seconds} s, ${waiting} s of it for images`
  ].join(' ');
}

function methodNamed(name: string): Method {
  if (Object.hasOwn(methods, name)) return name as Method;
  throw new RangeError(`--methods: one or more of ${Object.keys(methods).join(', ')}, not ${name}`);
}

function splitNamed(name: string): Setting['split'] {
  if (name === 'class' || name === 'iid') return name;
  if (Number(name) > 0) return { alpha: Number(name) };
  throw new RangeError(`--split: class, iid or the α > 0 of a Dirichlet distribution, not ${name}`);
}

function wholeNumber(given: string): number {
  if (/^[1-9]\d*$/.test(given)) return Number(given);
  throw new RangeError(`a whole number above 0, not ${given}`);
}

function list(given: string | undefined, otherwise: readonly string[]): readonly string[] {
  return given === undefined ? otherwise : given.split(',');
}
