/** Kernels of linear algebra. */
import { op } from '../backend/operators.js';
import type { Kernels } from '../backend/register.js';
import type { Input } from '../backend/storage.js';
import { activate, listed } from './elementwise.js';

const matmul = op('matmul');
const transpose = op('transpose', 'int');
const add = op('add', 'Tensor');
const einsum = op('einsum');

const turned = ({ handle }: Input, isTurned: unknown): number =>
  isTurned ? transpose(handle, -1, -2) : handle;

export const linear: Kernels = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }, { util }) => {
    const isMatrix = a.shape.length > 1 && b.shape.length > 1;
    util.assert(isMatrix, () => 'matMul: both inputs must be matrices, or lists of them.');
    return matmul(turned(a, transposeA), turned(b, transposeB));
  },
  _FusedMatMul: (inputs, { transposeA, transposeB, activation, leakyreluAlpha }) => {
    const { a, b, bias, preluActivationWeights } = inputs;
    const product = matmul(turned(a, transposeA), turned(b, transposeB));
    const biased = bias === undefined ? product : add(product, bias.handle);
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
