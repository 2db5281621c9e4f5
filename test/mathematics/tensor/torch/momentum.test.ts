/** `tf.train.momentum` on the backend torch, one operation for all variables, beside plain JavaScript, four for each. */
import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { torch } from '../../../../kernel-runtime/src/mathematics/tensor/backends/torch.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { addonFile, needsTorch } from '../../../helpers/torch.js';

const STEPS = 3;
const shapes = [[2, 3], [4], []];
let tf: Tensorflow;

beforeAll(async () => {
  if (addonFile === undefined) return;
  tf = await loadTensorflow();
  if (!tf.findBackend('torch')) await torch.start(tf, 'cpu');
});

interface Trained {
  readonly kernels: readonly string[];
  /** Of all variables and velocities, after all steps. */
  readonly entries: readonly number[];
  /** Of a copy that was made of the first variable before them. */
  readonly copy: readonly number[];
  readonly leaked: number;
}

type Give = (gradients: NamedTensorMap) => NamedTensorMap | { name: string; tensor: Tensor }[];

async function train(backend: string, isNesterov: boolean, give: Give): Promise<Trained> {
  await tf.setBackend(backend);
  const optimizer = tf.train.momentum(0.1, 0.9, isNesterov);
  const variables: Variable[] = shapes.map((shape, k) => tf.variable(tf.fill(shape, k + 1)));
  const copy = tf.clone(variables[0]);
  const kernels: string[] = [];
  let before = 0;
  for (let step = 0; step < STEPS; step++) {
    const gradients = Object.fromEntries(
      variables.map(({ name, shape }, k) => [name, tf.fill(shape, 0.5 * step - k)])
    );
    const { kernelNames } = await tf.profile(() => {
      optimizer.applyGradients(give(gradients) as never);
      return copy;
    });
    kernels.push(...kernelNames);
    tf.dispose(gradients);
    if (step === 0) before = tf.memory().numTensors;
  }
  const leaked = tf.memory().numTensors - before;
  const weights = (await optimizer.getWeights()).slice(1).map(({ tensor }) => tensor);
  const read = await Promise.all([...variables, ...weights].map(one => one.data()));
  const kept = Array.from(await copy.data());
  tf.dispose([variables, weights, copy]);
  return { kernels, entries: read.flatMap(values => Array.from(values)), copy: kept, leaked };
}

describe('tf.train.momentum on the backend torch', () => {
  needsTorch();

  it.each<[string, boolean, Give]>([
    ['by names', false, gradients => gradients],
    ['by names, looking ahead (Nesterov)', true, gradients => gradients],
    [
      'as a list',
      false,
      gradients => Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }))
    ],
    [
      'as a list that lacks one',
      true,
      gradients =>
        Object.entries(gradients).map(([name, tensor], k) => ({
          name,
          tensor: (k === 1 ? null : tensor) as Tensor
        }))
    ]
  ])(
    'steps as everywhere with gradients %s, and leaves copies alone',
    async (_, isNesterov, give) => {
      const ours = await train('torch', isNesterov, give);
      const reference = await train('cpu', isNesterov, give);
      // The first step makes the velocities.
      expect(ours.kernels.filter(name => name === 'MomentumStep')).toHaveLength(STEPS - 1);
      expect(reference.kernels).not.toContain('MomentumStep');
      expect(ours.entries).toHaveLength(reference.entries.length);
      ours.entries.forEach((entry, k) => expect(entry).toBeCloseTo(reference.entries[k], 5));
      expect(ours.copy).toEqual(new Array(6).fill(1));
      expect(ours.leaked).toBe(0);
    }
  );
});
