/** The layers that the networks are made of; every layer draws its weights from a stream of its own. */
import type { layers, SymbolicTensor } from '@tensorflow/tfjs';
import { random } from '../../math/random.js';
import type { Tensorflow } from '../../tensor/tensorflow.js';
import { identityShortcut } from './identity-shortcut.js';

type Layer = layers.Layer;
type Initializer = ReturnType<Tensorflow['initializers']['heNormal']>;

export interface WeightOptions {
  /** Equal seeds give equal weights, on every rank and backend. Defaults to 0. */
  seed?: number;
  /** `zeros` for a model whose weights are read from a file: nothing is drawn. Defaults to `random`. */
  weights?: 'random' | 'zeros';
}

export interface ConvolutionOptions {
  filters: number;
  /** Pixels a side of the kernel. Defaults to 3. */
  kernel?: number;
  /** Defaults to 1. */
  stride?: number;
  /** A bias has no effect in front of a batch normalisation. Defaults to false. */
  bias?: boolean;
}

const SEEDS = 2 ** 31;
/** As in the networks' published code (Torch): the part of the old statistics that a step keeps, and what is added to a variance. */
const BATCH_NORM = { momentum: 0.9, epsilon: 1e-5 } as const;

/** Adds layers to a graph of tensors, one at a time. */
export class Layers {
  readonly tf: Tensorflow;
  readonly #options: Required<WeightOptions>;
  #drawn = 0;

  constructor(tf: Tensorflow, { seed = 0, weights = 'random' }: WeightOptions) {
    this.tf = tf;
    this.#options = { seed, weights };
  }

  /** A convolution, `same` padding, weights of variance 2 / fan-in (He et al. 2015). */
  convolution(
    x: SymbolicTensor,
    { filters, kernel = 3, stride = 1, bias = false }: ConvolutionOptions
  ): SymbolicTensor {
    const kernelInitializer = this.#initializer('heNormal');
    return this.#apply(x, layer =>
      layer.conv2d({
        ...{ filters, kernelSize: kernel, strides: stride, padding: 'same' },
        ...{ useBias: bias, kernelInitializer }
      })
    );
  }

  /**
   * Batch normalisation (Ioffe and Szegedy 2015).
   * @param scale where γ begins: 1, or 0 for the last one of a residual branch, which then begins as the identity
   */
  batchNorm(x: SymbolicTensor, scale: 0 | 1 = 1): SymbolicTensor {
    const gammaInitializer = scale === 1 ? 'ones' : 'zeros';
    return this.#apply(x, layer => layer.batchNormalization({ ...BATCH_NORM, gammaInitializer }));
  }

  /** max(0, x). */
  relu(x: SymbolicTensor): SymbolicTensor {
    return this.#apply(x, layer => layer.reLU());
  }

  /** All units to all; `softmax` is left to the loss. */
  dense(x: SymbolicTensor, units: number): SymbolicTensor {
    const kernelInitializer = this.#initializer('glorotUniform');
    return this.#apply(x, layer => layer.dense({ units, kernelInitializer }));
  }

  /** The sum of two branches of one shape. */
  add(one: SymbolicTensor, other: SymbolicTensor): SymbolicTensor {
    return this.tf.layers.add().apply([one, other]) as SymbolicTensor;
  }

  /** The mean over all pixels, one number a channel. */
  meanOfPixels(x: SymbolicTensor): SymbolicTensor {
    return this.#apply(x, layer => layer.globalAveragePooling2d({ dataFormat: 'channelsLast' }));
  }

  /** Means over squares of `size` pixels a side. */
  pooled(x: SymbolicTensor, size: number): SymbolicTensor {
    return this.#apply(x, layer => layer.averagePooling2d({ poolSize: size, strides: size }));
  }

  /** The greatest of every 3 x 3 pixels, every second pixel. */
  maxPooled(x: SymbolicTensor): SymbolicTensor {
    return this.#apply(x, layer =>
      layer.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })
    );
  }

  /** One row of numbers an image. */
  flat(x: SymbolicTensor): SymbolicTensor {
    return this.#apply(x, layer => layer.flatten());
  }

  /** Every second pixel, and channels of zeros around the given ones: no parameters. */
  halved(x: SymbolicTensor, channels: number): SymbolicTensor {
    return identityShortcut(this.tf, channels).apply(x) as SymbolicTensor;
  }

  #apply(x: SymbolicTensor, make: (layer: Tensorflow['layers']) => Layer): SymbolicTensor {
    return make(this.tf.layers).apply(x) as SymbolicTensor;
  }

  #initializer(kind: 'heNormal' | 'glorotUniform'): Initializer | 'zeros' {
    const { seed, weights } = this.#options;
    if (weights === 'zeros') return 'zeros';
    const own = random(seed, 0, this.#drawn++).integer(SEEDS);
    return this.tf.initializers[kind]({ seed: own });
  }
}
