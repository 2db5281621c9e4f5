/** BlueFog's test problem of optimizers: linear regression from 16 features to 3 outputs, noisy, its samples on all ranks. */
import { random } from '../../../../kernel-runtime/src/mathematics/math/random.js';
import type { Tensorflow } from '../../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';

type Sequential = import('@tensorflow/tfjs').Sequential;
type Scalar = import('@tensorflow/tfjs').Scalar;
type Tensor2D = import('@tensorflow/tfjs').Tensor2D;

export const [INPUTS, OUTPUTS] = [16, 3];
const NOISE = 0.1;

/** The samples of one rank. */
export interface Shard {
  readonly xs: Tensor2D;
  readonly ys: Tensor2D;
}

/** y = x A + b + noise, the same A and b on all ranks. */
export function shardOf(tf: Tensorflow, rank: number, samples = 32): Shard {
  const common = random(1);
  const [A, b] = [common.normal(INPUTS * OUTPUTS), common.normal(OUTPUTS)];
  const own = random(2, rank);
  const xs = tf.tensor2d(Float32Array.from(own.normal(samples * INPUTS)), [samples, INPUTS]);
  const noise = tf.tensor2d(Float32Array.from(own.normal(samples * OUTPUTS)), [samples, OUTPUTS]);
  const ys = tf.tidy(() => {
    const exact = xs
      .matMul(tf.tensor2d(Float32Array.from(A), [INPUTS, OUTPUTS]))
      .add(tf.tensor1d(Float32Array.from(b)));
    return exact.add<Tensor2D>(noise.mul(NOISE));
  });
  noise.dispose();
  return { xs, ys };
}

/** One layer. Its first weights are drawn by 1 + seed, because a seed of 0 means none. */
export function linearModel(tf: Tensorflow, seed = 3): Sequential {
  const kernelInitializer = tf.initializers.randomNormal({ seed: 1 + seed, stddev: 0.1 });
  const layer = tf.layers.dense({ units: OUTPUTS, inputShape: [INPUTS], kernelInitializer });
  return tf.sequential({ layers: [layer] });
}

/** A layer, batch normalization, an activation and another layer. */
export function smallNet(tf: Tensorflow, seed = 3): Sequential {
  const kernelInitializer = tf.initializers.randomNormal({ seed: 1 + seed, stddev: 0.3 });
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, inputShape: [INPUTS], kernelInitializer }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'tanh' }),
      tf.layers.dense({ units: OUTPUTS, kernelInitializer })
    ]
  });
}

/** The mean squared error of a model on these samples. */
export function meanSquaredError(model: Sequential, { xs, ys }: Shard): Scalar {
  return (model.apply(xs, { training: true }) as Tensor2D).sub(ys).square().mean();
}
