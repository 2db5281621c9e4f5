/** The experiment of the talk, one training at a time: the same code on every engine, for a minute or for a night. */
import * as tf from '@tensorflow/tfjs';
import {
  allgather,
  allreduce,
  allreduceParameters,
  cifar10Scale,
  cifarAugmentation,
  constant,
  cosine,
  deal,
  decentlam,
  distributedOptimizer,
  dmsgd,
  evaluate,
  imageBatches,
  mean,
  modelNamed,
  parameterCount,
  pmsgd,
  rank,
  size,
  topologyNamed,
  warmUp,
  type ImageSet,
  type Rate
} from 'decentlab';

export interface Setting {
  /** perceptron, smallConvNet or resnet20. */
  net: string;
  /** Images a step, of all engines together; `all` for full batches. */
  batch: number | 'all';
  steps: number;
  /** The step size γ: rises over so many steps, and then stays or falls along a cosine. */
  gamma: number;
  warmUp: number;
  schedule: 'constant' | 'cosine';
  beta: number;
  weightDecay: number;
  /** How the images are dealt out: sorted by class, at random, or the α of a Dirichlet distribution. */
  split: 'class' | 'iid' | { alpha: number };
  topology: string;
  augment: boolean;
  /** What becomes of the moving statistics of batch normalisation: each engine's own, or averaged as the parameters are. */
  statistics: 'local' | 'averaged';
  seed: number;
}

export interface Outcome {
  method: string;
  batch: number | 'all';
  seed: number;
  /** Test accuracy of the engines' own models: the mean, the least and the greatest. */
  own: { mean: number; least: number; greatest: number };
  /** Test accuracy of the average of all models. */
  averaged: number;
  /** The training loss of each step, mean over the engines, before the step. */
  losses: readonly number[];
  parameters: number;
  /** Of the moving statistics of batch normalisation. */
  statistics: Setting['statistics'];
  seconds: number;
  /** Of these, how long rank 0 waited for its images. */
  waiting: number;
}

export const methods = { pmsgd, dmsgd, decentlam };
export type Method = keyof typeof methods;

/** Two cores, some seconds a training: a few thousand images, means of 4 x 4 pixels, full batches. */
export const reduced: Setting = {
  net: 'perceptron',
  batch: 'all',
  steps: 50,
  gamma: 0.05,
  warmUp: 10,
  schedule: 'constant',
  beta: 0.9,
  weightDecay: 5e-4,
  split: 'class',
  topology: 'ring',
  augment: false,
  statistics: 'local',
  seed: 0
};

const EPOCHS = { all: 200, warmUp: 5 };
const TRAINING_IMAGES = 50_000;

/** A GPU: all images, ResNet-20, 200 epochs. γ grows with the batch, 0.1 for every 256 images (Goyal et al. 2017). */
export function full(batch: number): Setting {
  const stepsPerEpoch = Math.ceil(TRAINING_IMAGES / batch);
  return {
    net: 'resnet20',
    batch,
    steps: EPOCHS.all * stepsPerEpoch,
    gamma: (0.1 * batch) / 256,
    warmUp: EPOCHS.warmUp * stepsPerEpoch,
    schedule: 'cosine',
    beta: 0.9,
    weightDecay: 1e-4,
    split: { alpha: 1 },
    topology: 'ring',
    augment: true,
    statistics: 'local',
    seed: 0
  };
}

/** Trains with one method; all engines call it together, and all get the same outcome. */
export async function train(
  method: Method,
  { training, test }: { training: ImageSet; test: ImageSet },
  setting: Setting
): Promise<Outcome> {
  const { net, seed, beta, steps, weightDecay, statistics } = setting;
  const model = await modelNamed(net, { seed });
  const indices = deal(training.labels, { n: size(), split: setting.split, seed })[rank()];
  const batches = await imageBatches(training, {
    indices,
    batch: setting.batch === 'all' ? indices.length : Math.ceil(setting.batch / size()),
    augmentation: setting.augment ? cifarAugmentation : {},
    scale: cifar10Scale,
    seed,
    rank: rank()
  });
  const optimizer = await distributedOptimizer(
    model,
    methods[method]({ gamma: rateOf(setting), beta }),
    { weightDecay, statistics, topology: topologyNamed(setting.topology, { size: size() }) }
  );
  const began = performance.now();
  const own = new Float64Array(steps);
  for (let k = 0; k < steps; k++) {
    const { xs, ys } = await batches.next();
    own[k] = await optimizer.minimize(() => crossEntropy(ys, model.apply(xs, { training: true })));
    tf.dispose([xs, ys]);
  }
  await optimizer.finish();
  const seconds = (performance.now() - began) / 1000;
  const waiting = batches.times().waiting / 1000;
  await batches.close();

  const accuracyNow = async () => (await evaluate(model, test, { scale: cifar10Scale })).accuracy;
  const accuracies = await allgather(Float64Array.of(await accuracyNow()));
  await allreduceParameters(model);
  const averaged = await accuracyNow();
  const parameters = parameterCount(model);
  model.dispose();
  return {
    ...{ method, batch: setting.batch, seed, parameters, statistics, seconds, waiting, averaged },
    own: {
      mean: mean(accuracies),
      least: Math.min(...accuracies),
      greatest: Math.max(...accuracies)
    },
    losses: Array.from(await allreduce(own))
  };
}

function crossEntropy(ys: tf.Tensor, logits: unknown): tf.Scalar {
  return tf.losses.softmaxCrossEntropy(ys, logits as tf.Tensor) as tf.Scalar;
}

function rateOf({ gamma, schedule, steps, warmUp: rising }: Setting): Rate {
  const rate = schedule === 'cosine' ? cosine(gamma, { steps }) : constant(gamma);
  return rising === 0 ? rate : warmUp(rate, rising);
}
