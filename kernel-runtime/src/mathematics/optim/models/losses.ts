/** The loss of a batch, its gradient as one flat vector, and what is checked before anybody else sees them. */
import { readAndDispose, fused, type FlatParameters } from '../../communicator/flat.js';
import { DecentLabError } from '../../../errors.js';
import { isTensor, loadTensorflow, type Tensorflow } from '../../tensor/tensorflow.js';

type Scalar = import('@tensorflow/tfjs').Scalar;
type Tensor1D = import('@tensorflow/tfjs').Tensor1D;
type Variable = import('@tensorflow/tfjs').Variable;

/** The mean loss of a batch, as one float32 number. Its tensors are tidied up behind it. */
export type Loss = () => unknown;

export interface BatchOptions {
  /** How many samples each loss is the mean of, which weighs it among the others. Defaults to equally many. */
  samples?: number | readonly number[];
}

/** The micro-batches of one step. */
export interface Batch {
  readonly losses: readonly Loss[];
  /** Sum to 1. */
  readonly weights: readonly number[];
}

/** The mean loss and its gradient. */
export interface Slope {
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** @throws VALUE_INVALID for no loss, what is no function, or numbers of samples that are not whole or below 1 */
export function batchOf(given: Loss | readonly Loss[], { samples }: BatchOptions = {}): Batch {
  const losses = typeof given === 'function' ? [given] : given;
  const isUsable = Array.isArray(losses) && losses.length > 0 && losses.every(isFunction);
  if (!isUsable) throw invalid('minimize, loss', 'a function, or a list of at least one', given);
  const counts = samples === undefined ? losses.map(() => 1) : [samples].flat();
  if (counts.length !== losses.length) {
    throw invalid('minimize, samples', `${losses.length} numbers, one a loss`, counts.length);
  }
  const wrong = counts.find(count => !(Number.isInteger(count) && count >= 1));
  if (wrong !== undefined)
    throw invalid('minimize, samples', 'at least 1 in every batch, a whole number', wrong);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { losses, weights: counts.map(count => count / total) };
}

/**
 * The mean of the losses and its gradient with respect to the variables as they are now. Micro-batches are added up on the
 * device, one at a time; the loss stands behind the gradient, so that the device is read once.
 * @throws VALUE_INVALID for a loss that is no scalar, or does not depend on the variables
 */
export async function slopeOf(flat: FlatParameters, { losses, weights }: Batch): Promise<Slope> {
  const tf = await loadTensorflow();
  let total: Tensor1D | undefined;
  try {
    losses.forEach((loss, i) => {
      const before = total;
      total = tf.tidy(() => {
        const slope = slopeOnDevice(tf, flat, loss);
        const share = losses.length === 1 ? slope : slope.mul<Tensor1D>(weights[i]);
        return before ? before.add<Tensor1D>(share) : share;
      });
      before?.dispose();
    });
  } catch (error) {
    total?.dispose();
    throw error;
  }
  const read = await readAndDispose(total!);
  return { loss: read[flat.length], gradient: read.subarray(0, flat.length) };
}

/** Gradient and loss side by side, inside a `tidy`. */
function slopeOnDevice(tf: Tensorflow, flat: FlatParameters, loss: Loss): Tensor1D {
  const variables = flat.parameters.map(parameter => parameter.tensor() as Variable);
  let isScalar = false;
  const value = (): Scalar => {
    const result = loss();
    if (!isTensor(result) || result.rank !== 0 || result.dtype !== 'float32')
      throw invalid('minimize, loss', 'a function that returns a float32 scalar', inWords(result));
    isScalar = true;
    return result as Scalar;
  };
  let slopes: ReturnType<Tensorflow['variableGrads']>;
  try {
    slopes = tf.variableGrads(value, variables);
  } catch (error) {
    const isApart = isScalar && /connection/.test(String(error));
    if (!isApart) throw error;
    const expected = 'a loss that depends on the variables of this model, through operations of tf';
    throw invalid('minimize, loss', expected, 'one that does not');
  }
  // Of a variable that the loss does not touch there is no gradient: it is 0.
  const parts = variables.map(variable => slopes.grads[variable.name] ?? tf.zerosLike(variable));
  return fused(tf, [...parts, slopes.value]);
}

/** @throws GRADIENT_INVALID for NaN or an infinite number, with the variable it is first met in */
export function assertFinite(
  { loss, gradient }: Slope,
  flat: FlatParameters,
  { rank, step }: { rank: number; step: number }
): void {
  if (!Number.isFinite(loss))
    throw new DecentLabError('GRADIENT_INVALID', { of: 'loss', rank, step, where: `${loss}` });
  if (isFinite(gradient)) return;
  const first = gradient.findIndex(entry => !Number.isFinite(entry));
  const at = flat.parameters.find(({ start, size }) => first < start + size)!;
  const count = gradient.reduce((sum, entry) => sum + (Number.isFinite(entry) ? 0 : 1), 0);
  const where = `${count} of ${gradient.length} entries; the first is ${gradient[first]}, in ${at.name}`;
  throw new DecentLabError('GRADIENT_INVALID', { of: 'gradient', rank, step, where });
}

/** Whether all entries are finite: what is not, makes the sum of entry − entry NaN. */
function isFinite(entries: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < entries.length; i++) sum += entries[i] - entries[i];
  return sum === 0;
}

function isFunction(value: unknown): value is Loss {
  return typeof value === 'function';
}

function inWords(value: unknown): string {
  if (isTensor(value))
    return `a tensor of type ${value.dtype} and shape [${value.shape.join(', ')}]`;
  if (value instanceof Promise)
    return 'a promise (read data before minimize, and await nothing inside)';
  return typeof value === 'number'
    ? 'a number, which leaves no trace of how it was made'
    : typeof value;
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  const given = Array.isArray(received) && received.length === 0 ? 'an empty list' : received;
  return new DecentLabError('VALUE_INVALID', { what, expected, received: given });
}
