/** Batch normalization: with given statistics, and while training with those of the batch (`tensor/fused`). */
import { fusedKernels } from '../../fused/kernels.js';
import type { Handle } from '../addon.js';
import { op, several } from '../backend/operators.js';
import type { Inputs, Kernel, Kernels } from '../backend/register.js';
import type { Input } from '../backend/storage.js';
import { toChannelsFirst, toChannelsLast } from './convolutions.js';

const rsqrt = op('rsqrt');
const addNumber = op('add', 'Scalar');
const add = op('add', 'Tensor');
const sub = op('sub', 'Tensor');
const mul = op('mul', 'Tensor');
const times = op('mul', 'Scalar');
const clone = op('clone');
const unsqueeze = op('unsqueeze');
const squeeze = op('squeeze', 'dim');
const batchNorm = several('native_batch_norm');
const batchNormBackward = several('native_batch_norm_backward');

/** TensorFlow.js's defaults. */
const EPSILON = 0.001;
const MOMENTUM = 0.99;

/** Images as PyTorch orders them, also those of three dimensions; rows as they are. */
function toFirst(x: Handle, { shape }: Input): Handle {
  if (shape.length === 4) return toChannelsFirst(x);
  return shape.length === 3 ? toChannelsFirst(unsqueeze(x, 0)) : x;
}

function toLast(y: Handle, { shape }: Input): Handle {
  if (shape.length === 4) return toChannelsLast(y);
  return shape.length === 3 ? squeeze(toChannelsLast(y), 0) : y;
}

function withGiven(inputs: Inputs, epsilon: number): Handle {
  const { x, scale, offset, mean, variance } = inputs;
  if (x.shape.length === 4 && mean.shape.length === 1) {
    const rest = [mean.handle, variance.handle, false, 0, epsilon];
    const image = toChannelsFirst(x.handle);
    const [y] = batchNorm(image, scale?.handle ?? null, offset?.handle ?? null, ...rest);
    return toChannelsLast(y);
  }
  const spread = rsqrt(addNumber(variance.handle, epsilon));
  const slope = scale === undefined ? spread : mul(spread, scale.handle);
  const centred = mul(sub(x.handle, mean.handle), slope);
  return offset === undefined ? centred : add(centred, offset.handle);
}

/**
 * PyTorch moves averages in their own memory, so it is given copies; and it takes the unbiased variance of the batch into
 * theirs, which is therefore n / (n - 1) times as large while it computes. It gives the batch's means and 1 / deviations.
 */
const training: Kernel = ({ x, scale, offset, mean, variance }, attributes) => {
  const epsilon = epsilonOf(attributes);
  const { momentum = MOMENTUM } = attributes;
  const channels = x.shape[x.shape.length - 1];
  const samples = x.shape.reduce((product, extent) => product * extent, 1) / channels;
  const unbiased = samples / (samples - 1);
  const movedMean = clone(mean.handle);
  const movedVariance = times(variance.handle, samples > 1 ? unbiased : momentum);
  // The unbiased variance of one sample is no number.
  const received = samples > 1 ? movedVariance : clone(variance.handle);
  const settings = [movedMean, received, true, 1 - momentum, epsilon];
  const image = toFirst(x.handle, x);
  const [y, ...statistics] = batchNorm(image, scale.handle, offset.handle, ...settings);
  const biased = samples > 1 ? times(movedVariance, 1 / unbiased) : movedVariance;
  return [toLast(y, x), movedMean, biased, ...statistics];
};

const gradient: Kernel = (inputs, attributes) => {
  const { dy, x, scale, saved0: mean, saved1: spread } = inputs;
  const statistics = [null, null, mean.handle, spread.handle, true, epsilonOf(attributes)];
  const [image, dImage] = [toFirst(x.handle, x), toFirst(dy.handle, x)];
  const wanted = [true, true, true];
  const results = batchNormBackward(dImage, image, scale.handle, ...statistics, wanted);
  const [dx, dscale, doffset] = results;
  return [toLast(dx, x), dscale, doffset];
};

const epsilonOf = (attributes: { readonly epsilon?: number }): number =>
  attributes.epsilon ?? EPSILON;

export const batchNorms: Kernels = {
  FusedBatchNorm: (inputs, { varianceEpsilon }) => withGiven(inputs, varianceEpsilon ?? EPSILON),
  [fusedKernels.batchNorm]: training,
  [fusedKernels.batchNormGradient]: gradient
};
