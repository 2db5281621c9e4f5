/** Kernels of linear algebra. */
import { op } from '../backend/operators.js';
import type { Attributes } from '../backend/attributes.js';
import type { Kernels } from '../backend/register.js';
import { torchType, type Input } from '../backend/storage.js';
import { codeOf } from '../dtypes.js';
import { activate, listed } from './elementwise.js';

const matmul = op('matmul');
const transpose = op('transpose', 'int');
const add = op('add', 'Tensor');
const einsum = op('einsum');
const copy = op('_to_copy');
const FLOAT64 = codeOf('float64');

const turned = ({ handle }: Input, isTurned: unknown): number =>
  isTurned ? transpose(handle, -1, -2) : handle;

/** PyTorch multiplies matrices of whole numbers on the processor only: as float64 they are exact up to 2^53 everywhere. */
function product(a: Input, b: Input, { transposeA, transposeB }: Attributes): number {
  const isWhole = a.dtype === 'int32' && b.dtype === 'int32';
  if (!isWhole) return matmul(turned(a, transposeA), turned(b, transposeB));
  const [x, y] = [turned(a, transposeA), turned(b, transposeB)].map(one => copy(one, FLOAT64));
  return copy(matmul(x, y), torchType('int32'));
}

export const linear: Kernels = {
  BatchMatMul: ({ a, b }, attributes, { util }) => {
    const isMatrix = a.shape.length > 1 && b.shape.length > 1;
    util.assert(isMatrix, () => 'matMul: both inputs must be matrices, or lists of them.');
    return product(a, b, attributes);
  },
  _FusedMatMul: (inputs, attributes) => {
    const { activation, leakyreluAlpha } = attributes;
    const { a, b, bias, preluActivationWeights } = inputs;
    const plain = product(a, b, attributes);
    const biased = bias === undefined ? plain : add(plain, bias.handle);
    return activate(biased, activation, {
      weights: preluActivationWeights?.handle,
      alpha: leakyreluAlpha as number
    });
  },
  Einsum: (inputs, { equation }, { backend_util }) => {
    const all = Object.values(inputs);
    const { allDims, idDims } = backend_util.decodeEinsumEquation(equation as string, all.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, all as never);
    return einsum(equation, listed(inputs));
  }
};
