/** Kernels that compute entry by entry. */
import type { Handle } from '../addon.js';
import { op } from '../backend/operators.js';
import type { Inputs, Kernel, Kernels } from '../backend/register.js';
import { torchType } from '../backend/storage.js';
import { fusedKernels } from '../../fused/kernels.js';

const copy = op('_to_copy');
const sign = op('sign');
const softplus = op('softplus');
const addNumber = op('add', 'Scalar');
const atLeast = op('ge', 'Scalar');
const div = op('div', 'Tensor');
const add = op('add', 'Tensor');
const reshape = op('reshape');
const relu = op('relu');
const reluBackward = op('threshold_backward');
const sigmoid = op('sigmoid');
const where = op('where', 'ScalarOther');
const whereSelf = op('where', 'self');
const zerosLike = op('zeros_like');
const gt = op('gt', 'Scalar');
const isnan = op('isnan');
const mul = op('mul', 'Tensor');
const sub = op('sub', 'Tensor');
const clamp = op('clamp');

/** A tensor with entries of another type. */
export function cast(handle: Handle, dtype: string): Handle {
  return copy(handle, torchType(dtype));
}

/** f(x) of the same type. */
const unary = (name: string): Kernel => {
  const call = op(name);
  return ({ x }) => call(x.handle);
};

/** f(a, b) with broadcasting, in the type that both have. */
const binary = (name: string, overload = 'Tensor'): Kernel => {
  const call = op(name, overload);
  return ({ a, b }) => call(a.handle, b.handle);
};

/** Functions that are numbers for whole numbers too: PyTorch makes floats, TensorFlow.js keeps the type. */
const keepingType =
  (kernel: Kernel, name = 'x'): Kernel =>
  (inputs, attributes, tf) => {
    const result = kernel(inputs, attributes, tf) as Handle;
    return inputs[name].dtype === 'int32' ? cast(result, 'int32') : result;
  };

const elu = op('elu');
const leaky = op('leaky_relu');
const prelu = op('where', 'self');
const divide = op('div', 'Tensor_mode');
const pow = op('pow', 'Tensor_Tensor');
const atan2 = op('atan2');
const complex = op('complex');
const real = op('real');
const imag = op('imag');
const abs = op('abs');
const alias = op('alias');
const full = op('full_like');
const fillNumber = op('full');

/** x where it is no number, else the other: comparisons lose what is no number. */
function keepingNaN(x: Handle, other: Handle): Handle {
  return whereSelf(isnan(x), x, other);
}

export const elementwise: Kernels = {
  Abs: unary('abs'),
  Acos: unary('acos'),
  Acosh: unary('acosh'),
  Asin: unary('asin'),
  Asinh: unary('asinh'),
  Atan: unary('atan'),
  Atanh: unary('atanh'),
  Ceil: unary('ceil'),
  Cos: unary('cos'),
  Cosh: unary('cosh'),
  Erf: unary('erf'),
  Exp: unary('exp'),
  Expm1: keepingType(unary('expm1')),
  Floor: unary('floor'),
  IsFinite: unary('isfinite'),
  IsInf: unary('isinf'),
  IsNan: unary('isnan'),
  Log: keepingType(unary('log')),
  Log1p: keepingType(unary('log1p')),
  LogicalNot: unary('logical_not'),
  Neg: unary('neg'),
  Reciprocal: keepingType(unary('reciprocal')),
  Relu: unary('relu'),
  [fusedKernels.reluGradient]: ({ dy, x }) => reluBackward(dy.handle, x.handle, 0),
  Relu6: ({ x }) => clamp(x.handle, 0, 6),
  Round: unary('round'),
  Rsqrt: keepingType(unary('rsqrt')),
  Selu: unary('selu'),
  Sigmoid: keepingType(unary('sigmoid')),
  Sign: ({ x }) => sign(x.handle),
  Sin: unary('sin'),
  Sinh: unary('sinh'),
  Softplus: ({ x }) => softplus(x.handle),
  Sqrt: keepingType(unary('sqrt')),
  Square: unary('square'),
  Tan: unary('tan'),
  Tanh: unary('tanh'),
  Elu: ({ x }) => elu(x.handle),
  EluGrad: ({ dy, y }) => {
    const slope = clamp(addNumber(y.handle, 1), null, 1);
    return mul(dy.handle, slope);
  },
  LeakyRelu: ({ x }, { alpha }) =>
    leaky(x.dtype === 'int32' ? cast(x.handle, 'float32') : x.handle, alpha),
  Prelu: ({ x, alpha }) => prelu(atLeast(x.handle, 0), x.handle, mul(x.handle, alpha.handle)),
  Step: ({ x }, { alpha = 0 }) => {
    const ones = full(x.handle, 1);
    const steps = where(gt(x.handle, 0), ones, alpha);
    const typed = x.dtype === 'int32' ? cast(steps, 'int32') : steps;
    return x.dtype === 'float32' ? keepingNaN(x.handle, typed) : typed;
  },
  ClipByValue: ({ x }, { clipValueMin, clipValueMax }) =>
    keepingType(() => clamp(x.handle, clipValueMin, clipValueMax))({ x }, {}, undefined as never),

  Add: binary('add'),
  Sub: binary('sub'),
  Multiply: binary('mul'),
  RealDiv: ({ a, b }) => {
    const quotient = div(a.handle, b.handle);
    return a.dtype === 'int32' ? cast(quotient, 'int32') : quotient;
  },
  FloorDiv: ({ a, b }) => divide(a.handle, b.handle, 'floor'),
  Mod: binary('remainder'),
  Pow: ({ a, b }) =>
    a.dtype === 'int32'
      ? cast(pow(cast(a.handle, 'float32'), b.handle), 'int32')
      : pow(a.handle, b.handle),
  Maximum: binary('maximum', ''),
  Minimum: binary('minimum', ''),
  Atan2: ({ a, b }) => atan2(a.handle, b.handle),
  SquaredDifference: ({ a, b }) => {
    const difference = sub(a.handle, b.handle);
    return mul(difference, difference);
  },
  Equal: binary('eq'),
  NotEqual: binary('ne'),
  Greater: binary('gt'),
  GreaterEqual: binary('ge'),
  Less: binary('lt'),
  LessEqual: binary('le'),
  LogicalAnd: binary('logical_and', ''),
  LogicalOr: binary('logical_or', ''),
  BitwiseAnd: binary('bitwise_and'),
  AddN: inputs => {
    const [first, ...rest] = listed(inputs);
    return rest.reduce((sum, one) => add(sum, one), alias(first));
  },

  Complex: inputs => complex(inputs['real'].handle, inputs['imag'].handle),
  Real: ({ input }) => (input.dtype === 'complex64' ? real(input.handle) : alias(input.handle)),
  Imag: ({ input }) => (input.dtype === 'complex64' ? imag(input.handle) : zerosLike(input.handle)),
  ComplexAbs: ({ x }) => abs(x.handle),

  Cast: ({ x }, { dtype }) => {
    if (dtype === 'string') return undefined;
    if (x.dtype === dtype) return alias(x.handle);
    return cast(x.dtype === 'complex64' ? real(x.handle) : x.handle, dtype as string);
  },
  ZerosLike: ({ x }) => zerosLike(x.handle),
  OnesLike: ({ x }) => full(x.handle, 1),
  Fill: (_, { shape, value, dtype }, __, device) =>
    typeof value === 'string' || dtype === 'string'
      ? undefined
      : fillNumber(shape, value, torchType(dtype ?? 'float32'), null, device),
  Select: ({ condition, t, e }) => {
    const missing = t.shape.length - condition.shape.length;
    const shape = [...condition.shape, ...new Array<number>(Math.max(missing, 0)).fill(1)];
    return whereSelf(reshape(condition.handle, shape), t.handle, e.handle);
  }
};

/** The tensors of a list. */
export function listed(inputs: Inputs): Handle[] {
  return Object.keys(inputs).map(name => inputs[name].handle);
}

/** An activation by TensorFlow.js's name, as fused kernels have it. */
export function activate(
  x: Handle,
  activation: string | undefined,
  { weights, alpha }: { readonly weights?: Handle; readonly alpha?: number } = {}
): Handle {
  switch (activation) {
    case undefined:
    case null:
    case 'linear':
      return x;
    case 'relu':
      return relu(x);
    case 'relu6':
      return clamp(x, 0, 6);
    case 'elu':
      return elu(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'leakyrelu':
      return leaky(x, alpha ?? 0.2);
    case 'prelu':
      return prelu(atLeast(x, 0), x, mul(x, weights));
    default:
      throw new Error(`no activation ${activation}`);
  }
}
