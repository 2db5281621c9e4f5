/** The parameters of a model as one flat float32 vector: one message, one read from the device, whatever the layers. */
import { DecentLabError } from '../../errors.js';
import type { TensorLike } from './communicator.js';

/** A variable of a layer of TensorFlow.js, as far as an exchange needs it. */
export interface LayerVariableLike {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
  /** A projection that `write` applies, which no exchange knows of. */
  readonly constraint?: unknown;
  read(): TensorLike;
  write(value: TensorLike): unknown;
}

/** A model of TensorFlow.js layers, as far as an exchange needs it. It is exchanged by its trainable variables. */
export interface ModelLike {
  readonly trainableWeights: readonly (LayerVariableLike | VariableLike)[];
  readonly nonTrainableWeights: readonly (LayerVariableLike | VariableLike)[];
}

/** A variable of TensorFlow.js itself. */
export interface VariableLike extends TensorLike {
  readonly name: string;
  assign(value: TensorLike): void;
}

/** One variable and where it lies in the flat vector. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly size: number;
  /** The tensor itself: not to be disposed. */
  tensor(): TensorLike;
  assign(value: TensorLike): void;
}

/** Variables in a fixed order, each with its place in one float32 vector. */
export class FlatParameters {
  readonly parameters: readonly Parameter[];
  /** The entries of all variables. */
  readonly length: number;

  /** @throws VALUE_INVALID for a variable that is not of type float32 */
  constructor(variables: readonly (LayerVariableLike | VariableLike)[]) {
    let length = 0;
    this.parameters = variables.map(variable => {
      const shape = shapeOf(variable);
      const size = shape.reduce((product, extent) => product * extent, 1);
      const start = length;
      length += size;
      return { name: variable.name, shape, start, size, ...accessOf(variable) };
    });
    this.length = length;
  }

  /** The shapes in words, equal on ranks whose models are alike: `model of 16x3, 3 (float32[51])`. */
  get signature(): string {
    const shapes = this.parameters.map(({ shape }) => shape.join('x') || 'one number');
    return `model of ${shapes.join(', ')} (float32[${this.length}])`;
  }

  /** The values now, in new memory: put side by side on the device, and read once. */
  async read(): Promise<Float32Array> {
    if (this.length === 0) return new Float32Array(0);
    const tf = await import('@tensorflow/tfjs');
    return readAndDispose(tf.tidy(() => fused(tf, this.#tensors())));
  }

  /** Gives the variables new values; later changes of `flat` do not reach them. */
  async write(flat: Float32Array): Promise<void> {
    const tf = await import('@tensorflow/tfjs');
    tf.tidy(() => {
      for (const { start, size, shape, assign } of this.parameters)
        // A copy: some backends go on reading the array that a tensor was made of.
        assign(tf.tensor(flat.slice(start, start + size), [...shape], 'float32'));
    });
  }

  #tensors(): TensorLike[] {
    return this.parameters.map(parameter => parameter.tensor());
  }
}

type Tensorflow = typeof import('@tensorflow/tfjs');
type Tensor1D = import('@tensorflow/tfjs').Tensor1D;

/** The tensors side by side in one, inside a `tidy`. At least one of them has entries. */
export function fused(tf: Tensorflow, tensors: readonly TensorLike[]): Tensor1D {
  const flat = tensors.map(tensor => (tensor as import('@tensorflow/tfjs').Tensor).flatten());
  const parts = flat.filter(({ size }) => size > 0);
  // `concat` of one part shares its memory with the variable.
  return parts.length === 1 ? parts[0].mul(1) : tf.concat1d(parts);
}

/** The entries of a fused tensor, which is given back. */
export async function readAndDispose(tensor: Tensor1D): Promise<Float32Array> {
  try {
    return (await tensor.data()) as Float32Array;
  } finally {
    tensor.dispose();
  }
}

/** Whether a value is a model: something with lists of variables that can be read and written. */
export function isModel(value: unknown): value is ModelLike {
  if (typeof value !== 'object' || value === null) return false;
  if (!('trainableWeights' in value) || !('nonTrainableWeights' in value)) return false;
  return Array.isArray(value.trainableWeights) && Array.isArray(value.nonTrainableWeights);
}

/**
 * The trainable variables of a model.
 * @param what names the model in an error
 * @throws MODEL_EMPTY if there are none; VALUE_INVALID for a variable that is not of type float32
 */
export function trainable({ trainableWeights }: ModelLike, what: string): FlatParameters {
  const flat = new FlatParameters(trainableWeights);
  if (flat.length === 0) throw new DecentLabError('MODEL_EMPTY', { what });
  return flat;
}

/** A model that is exchanged with all of its weights: those that are not trained too, such as the statistics of batch normalization. */
export function withAllWeights({ trainableWeights, nonTrainableWeights }: ModelLike): ModelLike {
  return {
    trainableWeights: [...trainableWeights, ...nonTrainableWeights],
    nonTrainableWeights: []
  };
}

function shapeOf({ name, shape, dtype }: LayerVariableLike | VariableLike): number[] {
  if (dtype === 'float32') return shape.map(extent => extent ?? 1);
  throw new DecentLabError('VALUE_INVALID', {
    what: `The variable ${name} of the model`,
    expected: 'float32, which is what models are exchanged in',
    received: dtype
  });
}

function accessOf(
  variable: LayerVariableLike | VariableLike
): Pick<Parameter, 'tensor' | 'assign'> {
  return 'read' in variable
    ? { tensor: () => variable.read(), assign: value => void variable.write(value) }
    : { tensor: () => variable, assign: value => variable.assign(value) };
}
