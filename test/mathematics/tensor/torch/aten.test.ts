/** `aten` and its tensors as cells use them: values, overloads, names, types of entries, and every error. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import {
  aten,
  memory,
  sharedTensor,
  tensor
} from '../../../../kernel-runtime/src/mathematics/tensor/torch/exported.js';
import type { TorchTensor } from '../../../../kernel-runtime/src/mathematics/tensor/torch/exported.js';
import { needsTorch } from '../../../helpers/torch.js';

const numbers = (x: TorchTensor): number[] => Array.from(x.dataSync() as Float64Array);
const A = (): TorchTensor =>
  tensor([
    [1, 2],
    [3, 4]
  ]);

describe('aten', () => {
  needsTorch();

  it.each<[string, () => TorchTensor, number[]]>([
    ['a product of matrices', () => aten.matmul(A(), A()), [7, 10, 15, 22]],
    ['an overload found from tensors', () => aten.add(A(), A()), [2, 4, 6, 8]],
    ['an overload found from numbers', () => aten.add(A(), 1), [2, 3, 4, 5]],
    ['an overload by name', () => aten.mul.Scalar(A(), 2), [2, 4, 6, 8]],
    ['a parameter by name', () => aten.add(A(), A(), { alpha: -1 }), [0, 0, 0, 0]],
    ['dimensions', () => aten.sum(A(), [0]), [4, 6]],
    ['one number for a list of dimensions', () => aten.sum(A(), 1), [3, 7]],
    ['a type by name', () => aten.full([2], 1.5, { dtype: 'float32' }), [1.5, 1.5]],
    ['a list of tensors', () => aten.cat([A(), A()], 1), [1, 2, 1, 2, 3, 4, 3, 4]],
    [
      'indices, some of them missing',
      () => aten.index(A(), [null, tensor(new Int32Array([1])).to('int64')]),
      [2, 4]
    ],
    [
      'complex numbers',
      () => aten.mul(tensor(Float64Array.of(1, 2), { dtype: 'complex128' }), { real: 0, imag: 1 }),
      [-2, 1]
    ],
    ['a text', () => aten.einsum('ij,jk->ik', [A(), A()]), [7, 10, 15, 22]],
    ['arithmetic of tensors', () => A().sub(A().mul(0.5)).div(0.5).neg(), [-1, -2, -3, -4]]
  ])('takes %s', (_, compute, expected) => {
    expect(numbers(compute())).toEqual(expected);
  });

  it('computes in float64', () => {
    const sum = aten.add(tensor([1]), tensor([2 ** -50]));
    expect(sum.dtype).toBe('float64');
    expect(sum.item()).toBe(1 + 2 ** -50);
  });

  it('gives several results as a list', () => {
    const [values, places] = aten.sort(tensor([3, 1, 2])) as unknown as TorchTensor[];
    expect(numbers(values)).toEqual([1, 2, 3]);
    expect(places.dataSync()).toEqual(new BigInt64Array([1n, 2n, 0n]));
  });

  it('gives back the tensor that an operator has changed', () => {
    const x = tensor([1, 2]);
    expect(aten.add_(x, 1)).toBe(x);
    expect(numbers(x)).toEqual([2, 3]);
  });

  it('computes in shared memory', () => {
    const values = new Float64Array(new SharedArrayBuffer(16));
    aten.fill_(sharedTensor(values), 4);
    expect([...values]).toEqual([4, 4]);
  });

  it('never takes a number for a tensor, also not that of its handle, the first time and later', () => {
    const { handle } = tensor([1, 2]);
    const refused = expect.objectContaining({ code: 'OPERATOR_ARGUMENT' }) as Error;
    for (let turn = 0; turn < 2; turn++) {
      expect(() => aten.neg(handle)).toThrow(refused);
      expect(() => aten.matmul(tensor([1, 2]), handle)).toThrow(refused);
    }
  });

  it('holds nothing after dispose', () => {
    const before = memory();
    const x = tensor(new Float32Array(100));
    expect(memory().bytes).toBe(before.bytes + 400);
    x.dispose();
    x.dispose();
    expect(memory()).toEqual(before);
  });

  it.each<[string, () => unknown, string, RegExp]>([
    [
      'an unknown operator',
      () => aten.matmull(A(), A()),
      'OPERATOR_UNKNOWN',
      /nearest is aten\.matmul/
    ],
    [
      'an unknown overload',
      () => aten.add.Tensr(A(), A()),
      'OPERATOR_UNKNOWN',
      /aten\.add\.Tensor/
    ],
    [
      'a number for a tensor',
      () => aten.matmul(A(), 2),
      'OPERATOR_ARGUMENT',
      /aten\.matmul: argument 1 \(other\): expected a tensor/
    ],
    [
      'a missing argument',
      () => aten.matmul(A()),
      'OPERATOR_ARGUMENT',
      /argument 1 \(other\): it is missing/
    ],
    [
      'too many arguments',
      () => aten.matmul(A(), A(), A()),
      'OPERATOR_ARGUMENT',
      /takes 2 arguments by place, and 3/
    ],
    [
      'an unknown name',
      () => aten.softmax(A(), 0, { dtpe: 'float32' }),
      'OPERATOR_ARGUMENT',
      /no parameter dtpe/
    ],
    [
      'an unknown type',
      () => aten.zeros([2], { dtype: 'flota32' }),
      'VALUE_INVALID',
      /did you mean float32/
    ],
    [
      'shapes that do not fit',
      () => aten.mm(A(), tensor([[1, 2, 3]])),
      'OPERATOR_FAILED',
      /2x2 and 1x3/
    ],
    ['more memory than there is', () => aten.empty([2 ** 48]), 'DEVICE_MEMORY', /has no room left/],
    ['ragged rows', () => tensor([[1, 2], [3]]), 'SHAPE_MISMATCH', /a row of 1/],
    ['one number of many', () => A().item(), 'VALUE_INVALID', /a tensor of one entry/],
    [
      'tensors on two devices',
      () => aten.add(A(), A().to('meta')),
      'TENSOR_DEVICES',
      /on two devices .*x\.to\('cuda:0'\)/
    ],
    [
      'a tensor after dispose',
      () => {
        const x = A();
        x.dispose();
        return aten.neg(x);
      },
      'TENSOR_DISPOSED',
      /has been disposed/
    ]
  ])('says what is wrong with %s', (_, call, code, sentence) => {
    expect(call).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(sentence) as string })
    );
  });
});

describe('An exchange', () => {
  needsTorch();

  it.each(['float64', 'complex128', 'float32'] as const)(
    'averages %s tensors of the ranks, in their own type',
    async dtype => {
      const means = await simulate(3, async communicator => {
        const x = tensor(
          dtype === 'complex128' ? Float64Array.of(communicator.rank, 3) : [communicator.rank, 3],
          { dtype }
        );
        const mean = (await communicator.allreduce(x as never)) as unknown as TorchTensor;
        return { dtype: mean.dtype, values: [...mean.dataSync()] };
      });
      expect([...means]).toEqual(Array.from({ length: 3 }, () => ({ dtype, values: [1, 3] })));
    }
  );
});
