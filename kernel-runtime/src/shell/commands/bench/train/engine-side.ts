/**
 * What an engine does for `decentlab bench train`: a training step, and its two parts alone. It imports the package by its
 * name, as a cell's module does: the engine's own instance knows the communicator.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import {
  adaptThenCombine,
  adaptWithCombine,
  barrier,
  decentlam,
  distributedOptimizer,
  loadTensorflow,
  neighborAllreduce,
  parameterCount,
  resnet20,
  ringGraph,
  setTopology,
  sgd,
  size
} from 'decentlab';

/** What is timed. */
const PARTS = ['step', 'gradient', 'exchange', 'after', 'beside'] as const;

/** Milliseconds: steps of DecentLaM, their parts alone, and steps of SGD that exchange after or beside their gradient. */
export type TrainTimes = Readonly<Record<(typeof PARTS)[number], readonly number[]>>;

/** One step to warm up, and `steps` of each that count; all ranks begin each together. */
export async function timeTraining({
  batch,
  steps
}: {
  batch: number;
  steps: number;
}): Promise<TrainTimes> {
  const tf = await loadTensorflow();
  const model = await resnet20();
  setTopology(ringGraph(size()));
  const xs = tf.randomNormal([batch, 32, 32, 3], 0, 1, 'float32', 1);
  const ys = tf.tidy(() => tf.oneHot(tf.range(0, batch, 1, 'int32').mod(10).toInt(), 10).toFloat());
  const loss = (): Scalar =>
    tf.losses.softmaxCrossEntropy(ys, model.apply(xs, { training: true }) as Tensor);
  const sgdStep = sgd({ gamma: 0.01 });
  const optimizers = {
    step: await distributedOptimizer(model, decentlam({ gamma: 0.01 })),
    after: await distributedOptimizer(model, adaptThenCombine(sgdStep)),
    beside: await distributedOptimizer(model, adaptWithCombine(sgdStep))
  };
  const x = new Float32Array(parameterCount(model));
  const parts: Record<keyof TrainTimes, () => Promise<unknown>> = {
    step: () => optimizers.step.minimize(loss),
    after: () => optimizers.after.minimize(loss),
    beside: () => optimizers.beside.minimize(loss),
    gradient: async () => {
      const { value, grads } = tf.variableGrads(loss);
      await value.data();
      tf.dispose([value, grads]);
    },
    exchange: () => neighborAllreduce(x)
  };
  const times: Record<keyof TrainTimes, number[]> = {
    ...{ step: [], gradient: [], exchange: [] },
    ...{ after: [], beside: [] }
  };
  for (let k = 0; k <= steps; k++) {
    for (const part of PARTS) {
      await barrier();
      const began = performance.now();
      await parts[part]();
      if (k > 0) times[part].push(performance.now() - began);
    }
  }
  for (const optimizer of Object.values(optimizers)) await optimizer.finish();
  tf.dispose([xs, ys]);
  model.dispose();
  return times;
}
