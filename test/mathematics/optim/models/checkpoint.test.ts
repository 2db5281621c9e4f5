/** A checkpoint holds everything: who goes on from it, comes to the bits of who never stopped. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { SimulatedRank } from '../../../../kernel-runtime/src/mathematics/simulate/rank.js';
import { ringGraph } from '../../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { onePeerExponential } from '../../../../kernel-runtime/src/mathematics/graph/schedules.js';
import { random } from '../../../../kernel-runtime/src/mathematics/math/random.js';
import type { Algorithm } from '../../../../kernel-runtime/src/mathematics/optim/algorithm.js';
import { adam } from '../../../../kernel-runtime/src/mathematics/optim/around/adam.js';
import { adaptThenCombine } from '../../../../kernel-runtime/src/mathematics/optim/around/adapt-then-combine.js';
import { adaptWithWinPut } from '../../../../kernel-runtime/src/mathematics/optim/around/adapt-with-win-put.js';
import { gradientPush } from '../../../../kernel-runtime/src/mathematics/optim/around/gradient-push.js';
import { sgd } from '../../../../kernel-runtime/src/mathematics/optim/around/sgd.js';
import { algorithmNamed } from '../../../../kernel-runtime/src/mathematics/optim/by-name.js';
import {
  loadCheckpoint,
  saveCheckpoint
} from '../../../../kernel-runtime/src/mathematics/optim/models/checkpoint.js';
import {
  optimizerOf,
  type DistributedOptimizer
} from '../../../../kernel-runtime/src/mathematics/optim/models/distributed-optimizer.js';
import type { DistributedOptions } from '../../../../kernel-runtime/src/mathematics/optim/models/options.js';
import { cosine, warmUp } from '../../../../kernel-runtime/src/mathematics/optim/rates.js';
import { slowMomentum } from '../../../../kernel-runtime/src/mathematics/optim/slowmo.js';
import { simulate } from '../../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { linearModel, meanSquaredError, shardOf, smallNet } from './regression.js';

const [SIZE, STEPS, STOP] = [3, 6, 3];
const ring = ringGraph(SIZE);
type Options = Omit<DistributedOptions, 'communicator'>;

let tf: Tensorflow;
let folder: string;
beforeAll(async () => void (tf = await loadTensorflow()));
afterAll(() => tf.disposeVariables());
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'decentlab-checkpoint-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a rank has at the end: parameters, and the statistics of its batch normalization. */
interface End {
  readonly x: Float32Array;
  readonly mean: Float32Array;
}

interface Run {
  readonly algorithm: Algorithm;
  readonly options?: Options;
  /** Before the first step. */
  begin?(optimizer: DistributedOptimizer): Promise<number[] | undefined>;
  /** Steps in all. */
  readonly steps: number;
  end?(optimizer: DistributedOptimizer, stream: number[]): Promise<void>;
}

/** A training run on batches that a random stream draws. */
const train = ({ algorithm, options, begin, steps, end }: Run): Promise<End[]> =>
  simulate(ring, async communicator => {
    const model = smallNet(tf);
    const shard = shardOf(tf, communicator.rank, 12);
    const optimizer = await optimizerOf(model, algorithm, { communicator, ...options });
    const saved = await begin?.(optimizer);
    const stream = saved ? random.restore(saved) : random(5, communicator.rank);
    while (optimizer.k < steps) {
      const start = stream.integer(9);
      const batch = { xs: shard.xs.slice([start], [4]), ys: shard.ys.slice([start], [4]) };
      await optimizer.minimize(() => meanSquaredError(model, batch));
      tf.dispose([batch.xs, batch.ys]);
    }
    await end?.(optimizer, stream.state());
    await optimizer.finish();
    const mean = (await model.layers[1].getWeights()[2].data()) as Float32Array;
    tf.dispose([shard.xs, shard.ys]);
    model.dispose();
    return { x: optimizer.x, mean };
  });

const rates = { gamma: warmUp(cosine(0.1, { steps: STEPS }), 3), beta: 0.9, tau: 4, period: 4 };
/** One of each kind of state. */
const NAMES = [
  'dsgd',
  'dmsgd',
  'da-dmsgd',
  'decentlam',
  'qg-dmsgd',
  'slowmo',
  'd2-dmsgd',
  'exact-diffusion-svrg',
  'extra',
  'momentum-tracking',
  'push-diging',
  'pmsgd-lars'
];
const methods: [string, Algorithm, Options?][] = [
  ...NAMES.map((name): [string, Algorithm] => [name, algorithmNamed(name, rates)]),
  [
    'Adam, with one peer a step, in every second step',
    adaptThenCombine(adam(rates)),
    { topology: onePeerExponential(SIZE), stepsPerCommunication: 2 }
  ],
  ['gradient push', gradientPush(sgd(rates))],
  ['slow momentum of Adam', slowMomentum(adaptThenCombine(adam(rates)), { tau: 2 })],
  [
    'decentlam with averaged statistics',
    algorithmNamed('decentlam', rates),
    { statistics: 'averaged', weightDecay: 1e-2 }
  ]
];

describe('A run that goes on from a checkpoint', () => {
  it.each(methods)('ends as one that was never stopped: %s', async (_, algorithm, options) => {
    const whole = await train({ algorithm, options, steps: STEPS });
    const end: Run['end'] = (optimizer, stream) => saveCheckpoint(folder, optimizer, { stream });
    await train({ algorithm, options, steps: STOP, end });
    const begin: Run['begin'] = async optimizer => {
      const extra = await loadCheckpoint<{ stream: number[] }>(folder, optimizer);
      expect(optimizer.k).toBe(STOP);
      return extra!.stream;
    };
    expect(await train({ algorithm, options, steps: STEPS, begin })).toEqual(whole);
  });

  it('goes on with windows too, whose slots begin anew', async () => {
    const algorithm = adaptWithWinPut(adam(rates));
    await train({ algorithm, steps: STOP, end: optimizer => saveCheckpoint(folder, optimizer) });
    const begin: Run['begin'] = async optimizer => void (await loadCheckpoint(folder, optimizer));
    for (const { x } of await train({ algorithm, steps: STEPS, begin }))
      expect(x.every(Number.isFinite)).toBe(true);
  });

  it('begins at the beginning where nothing was saved', async () => {
    const begin: Run['begin'] = async optimizer => {
      expect(await loadCheckpoint(join(folder, 'none'), optimizer)).toBeUndefined();
      expect(optimizer.k).toBe(0);
      return undefined;
    };
    const algorithm = algorithmNamed('dmsgd', rates);
    expect(await train({ algorithm, steps: 2, begin })).toEqual(
      await train({ algorithm, steps: 2 })
    );
  });
});

/** Small runs, for what happens to their files. */
const small = (
  work: (
    optimizer: DistributedOptimizer,
    step: () => Promise<unknown>,
    communicator: SimulatedRank
  ) => Promise<unknown>,
  { make = linearModel, algorithm = algorithmNamed('dmsgd', { gamma: 0.1 }), nodes = 2 } = {}
): Promise<unknown[]> =>
  simulate(ringGraph(nodes), async communicator => {
    const [model, shard] = [make(tf), shardOf(tf, communicator.rank, 4)];
    const optimizer = await optimizerOf(model, algorithm, { communicator });
    const result = await work(
      optimizer,
      () => optimizer.minimize(() => meanSquaredError(model, shard)),
      communicator
    );
    tf.dispose([shard.xs, shard.ys]);
    model.dispose();
    return result;
  });
const save = (steps: number) =>
  small(async (optimizer, step) => {
    for (let k = 0; k < steps; k++) {
      await step();
      await saveCheckpoint(folder, optimizer);
    }
  });
const load = (optimizer: DistributedOptimizer) => loadCheckpoint(folder, optimizer);
const fileOf = (step: number, rank: number): string =>
  join(folder, `step-${step}`, `rank-${rank}.checkpoint`);

describe('The files of checkpoints', () => {
  it('are those of the two newest steps, one a rank, and nothing else', async () => {
    await save(4);
    expect(readdirSync(folder).sort()).toEqual(['step-3', 'step-4']);
    expect(readdirSync(join(folder, 'step-4')).sort()).toEqual([
      'rank-0.checkpoint',
      'rank-1.checkpoint'
    ]);
  });

  it('are taken from the newest step that all ranks have', async () => {
    await save(4);
    rmSync(fileOf(4, 1));
    expect(await small(async optimizer => (await load(optimizer), optimizer.k))).toEqual([3, 3]);
    // What is newer belongs to the run that was given up.
    expect(readdirSync(folder)).toEqual(['step-3']);
  });

  it.each<[string, (path: string) => void, string]>([
    [
      'cut short',
      path => truncateSync(path, readFileSync(path).length - 7),
      'bytes that are not as they were written'
    ],
    ['empty', path => truncateSync(path, 0), 'received an empty file'],
    [
      'changed in one bit',
      path => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 9] ^= 1;
        writeFileSync(path, bytes);
      },
      'bytes that are not as they were written'
    ],
    ['of another kind', path => writeFileSync(path, 'loss: 3'), 'received a file of another kind']
  ])('are refused when one is %s', async (_, damage, sentence) => {
    await save(1);
    damage(fileOf(1, 1));
    await expect(small(load)).rejects.toThrow(sentence);
    await expect(small(load)).rejects.toThrow(
      `${fileOf(1, 1)} cannot be used: expected a whole checkpoint`
    );
  });

  it.each<[string, Parameters<typeof small>[1], string]>([
    [
      'model',
      { make: smallNet },
      '.checkpoint is of a model of 16x3, 3 (float32[51]), but this is a model of 16x5'
    ],
    [
      'algorithm',
      { algorithm: algorithmNamed('decentlam', { gamma: 0.1 }) },
      'is of the algorithm dmsgd, but this is the algorithm decentlam'
    ],
    ['number of ranks', { nodes: 1 }, 'is of rank 0 of 2, but this is rank 0 of 1']
  ])('are refused by another %s', async (_, other, sentence) => {
    await save(1);
    await expect(small(load, other)).rejects.toThrow(sentence);
  });

  it('need not be: one rank takes on the state of another, momentum included', async () => {
    const ends = await small(async (optimizer, step, communicator) => {
      for (let k = 0; k < 3; k++) await step();
      // As after a restart: this rank has a new optimizer, and no state.
      const model = linearModel(tf, 9);
      const fresh =
        communicator.rank === 1
          ? await optimizerOf(model, algorithmNamed('dmsgd', { gamma: 0.1 }), { communicator })
          : (await communicator.broadcast(
              { trainableWeights: model.trainableWeights, nonTrainableWeights: [] },
              0
            ),
            optimizer);
      expect(await communicator.broadcastOptimizerState(fresh, 0)).toBe(fresh);
      model.dispose();
      return { k: fresh.k, x: fresh.x, state: (await fresh.snapshot()).state };
    });
    expect(ends[1]).toEqual(ends[0]);
  });
});
