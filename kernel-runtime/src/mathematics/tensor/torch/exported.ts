/** `decentlab/torch`: PyTorch's operators on PyTorch's tensors, for cells and scripts. */
import { loadAddon } from './addon.js';
import { callOperator, operatorNames, overloadNames } from './aten.js';

export { defaultDevice, sharedTensor, tensor, TorchTensor } from './tensor.js';
export type { Device, Nested, TensorOptions } from './tensor.js';
export type { DType, Values } from './dtypes.js';
import type { TorchTensor } from './tensor.js';

/** An operator: called by its overload (`aten.add.Tensor`), or with the overload found from the arguments. */
export type AtenOperator = ((...args: unknown[]) => TorchTensor) &
  Readonly<Record<string, (...args: unknown[]) => TorchTensor>>;

/** Every operator by name. Where PyTorch is set up, cells know the signature of each. */
export type Aten = Readonly<Record<string, AtenOperator>>;

const operators = new Map<string, AtenOperator>();

/**
 * Any operator of the installed PyTorch: `aten.matmul(A, x)`, `aten.sum(x, [0], { dtype: 'float64' })`,
 * `aten.add.Scalar(x, 2)`. Parameters by name stand in a last record.
 * @throws OPERATOR_UNKNOWN, OPERATOR_ARGUMENT, OPERATOR_FAILED, TENSOR_DISPOSED, DEVICE_MEMORY, TENSOR_DEVICES, TORCH_ABSENT
 */
export const aten: Aten = new Proxy(
  {},
  {
    get: (_, name) =>
      operators.get(name as string) ?? (isWord(name) ? operatorNamed(name) : undefined),
    has: (_, name) => isWord(name) && operatorNames().includes(name),
    ownKeys: () => operatorNames(),
    getOwnPropertyDescriptor: (_, name) =>
      isWord(name)
        ? { enumerable: true, configurable: true, value: operatorNamed(name) }
        : undefined
  }
);

/** Bytes and number of the tensors that this process holds; memory that views share counts once. */
export function memory(): { readonly tensors: number; readonly bytes: number } {
  return loadAddon().memory();
}

/** How many threads an operator may use, and with an argument the choice of it. Engines share the cores by default. */
export function threads(count?: number): number {
  return loadAddon().threads(count);
}

/** Seeds PyTorch's random numbers. */
export function manualSeed(seed: number): void {
  loadAddon().seed(seed);
}

/** The version of the installed PyTorch. */
export function torchVersion(): string {
  return loadAddon().version;
}

function isWord(name: string | symbol): name is string {
  // A promise asks for `then`, a printer for `constructor`, `toJSON` …
  return (
    typeof name === 'string' && !(name in Object.prototype) && !['then', 'toJSON'].includes(name)
  );
}

function operatorNamed(name: string): AtenOperator {
  const known = operators.get(name);
  if (known) return known;
  overloadNames(name);
  const call = (...args: unknown[]): unknown => callOperator(name, undefined, args);
  // Above the function: a call of a proxy would take as long as a small operator.
  const overloads = new Proxy(Function.prototype, {
    get: (target, overload, receiver) =>
      typeof overload === 'string' && !(overload in Function.prototype)
        ? (...args: unknown[]) => callOperator(name, overload, args)
        : (Reflect.get(target, overload, receiver) as unknown)
  });
  const made = Object.setPrototypeOf(call, overloads) as AtenOperator;
  operators.set(name, made);
  return made;
}
