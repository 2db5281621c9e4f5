/** A tensor of PyTorch as cells hold it. */
import { DecentLabError } from '../../../errors.js';
import { engineDevice, explain, inWords, loadAddon, shapeIn, type Handle } from './addon.js';
import { add, div, mul, neg, reciprocal, sub, toCopy } from './arithmetic.js';
import {
  codeOf,
  dtypeOf,
  dtypeOfArray,
  dtypes,
  newValues,
  valuesOver,
  widthOf,
  type DType,
  type Values
} from './dtypes.js';
import { giveTo } from './nursery.js';

/** Where a tensor's entries lie: `cpu`, `cuda:0`. */
export type Device = string;

/** Numbers in rows of rows, as deep as there are dimensions. */
export type Nested = number | readonly Nested[];

/** What to make a tensor of. */
export interface TensorOptions {
  /** Defaults to that of a typed array, and to float64 for numbers. */
  readonly dtype?: DType;
  /** Defaults to that of nested numbers, and to one dimension for a typed array. */
  readonly shape?: readonly number[];
  /** Defaults to this engine's device. */
  readonly device?: Device;
}

/** Where an exchange takes entries from, if they do not lie where it can see them; as `communicator/staging` has it. */
interface Stops {
  take(
    dtype: 'float64' | 'float32' | 'int32',
    length: number,
    pin?: (bytes: Uint8Array) => boolean
  ): Values | undefined;
  has(values: Values): boolean;
  until(end: Promise<unknown>): void;
}

let deviceOfProcess: Device | undefined;

/** The addon takes no name for the processor. */
const unlessCpu = (device: Device): Device | undefined => (device === 'cpu' ? undefined : device);

/** The device that new tensors go to, which is the engine's to begin with, and with an argument the choice of it. */
export function defaultDevice(device?: Device): Device {
  if (device !== undefined) {
    inWords('defaultDevice', () => {
      const addon = loadAddon();
      addon.release(addon.from(new Uint8Array(1), codeOf('uint8'), [1], device));
    });
    deviceOfProcess = device;
  }
  return (deviceOfProcess ??= engineDevice());
}

/**
 * One tensor. Memory is given back by `dispose`, by `using`, or when nothing refers to it any more.
 * In cells, `+ - * /` mean PyTorch's entrywise operations with broadcasting.
 */
export class TorchTensor {
  /** The addon's number for it. */
  readonly handle: Handle;

  /** By which arithmetic in cells knows a tensor. */
  get dataId(): object {
    return this;
  }

  /** @param handle a tensor of the addon, which belongs to this object from now on */
  constructor(handle: Handle) {
    this.handle = handle;
    giveTo(this, handle, loadAddon());
  }

  /** Sizes by dimension. @throws TENSOR_DISPOSED */
  get shape(): number[] {
    return shapeIn(this.#description());
  }

  /** The type of its entries. @throws TENSOR_DISPOSED */
  get dtype(): DType {
    return dtypeOf(this.#description()[0]);
  }

  /** Where its entries lie. @throws TENSOR_DISPOSED */
  get device(): Device {
    return inWords('tensor', () => loadAddon().device(this.handle));
  }

  /** How many entries it has. */
  get size(): number {
    return this.shape.reduce((product, extent) => product * extent, 1);
  }

  /** Entries by rows, in a new array; complex ones as pairs. The event loop goes on meanwhile. */
  async data(): Promise<Values> {
    const { dtype } = this;
    try {
      return valuesOver(await inWords('data', () => loadAddon().read(this.handle)), dtype);
    } catch (error) {
      throw explain('data', error);
    }
  }

  /** The same at once; it waits for the device. */
  dataSync(): Values {
    const values = newValues(this.dtype, this.size);
    inWords('dataSync', () => loadAddon().copyTo(this.handle, values));
    return values;
  }

  /** Its own memory, without a copy: what is written there, the tensor has. @throws VALUE_INVALID where it lies elsewhere or not by rows */
  view(): Values {
    const own = this.#ownMemory(this.dtype);
    if (own) return own;
    const expected = 'a tensor with entries, by rows, in the memory of the processor';
    throw new DecentLabError('VALUE_INVALID', { what: 'view', expected, received: String(this) });
  }

  /** The one entry of a tensor with one entry. @throws VALUE_INVALID for another number of entries */
  item(): number {
    const { size } = this;
    if (size === 1) return Number(this.dataSync()[0]);
    const expected = 'a tensor of one entry';
    throw new DecentLabError('VALUE_INVALID', { what: 'item', expected, received: String(this) });
  }

  /** Gives the memory back now. A second time does nothing. */
  dispose(): void {
    loadAddon().release(this.handle);
  }

  /** this + other, with broadcasting. */
  add(other: TorchTensor | number): TorchTensor {
    return new TorchTensor(add(this.handle, other));
  }

  /** this - other, with broadcasting. */
  sub(other: TorchTensor | number): TorchTensor {
    return new TorchTensor(sub(this.handle, other));
  }

  /** this · other, entry by entry, with broadcasting. */
  mul(other: TorchTensor | number): TorchTensor {
    return new TorchTensor(mul(this.handle, other));
  }

  /** this / other, entry by entry, with broadcasting. */
  div(other: TorchTensor | number): TorchTensor {
    return new TorchTensor(div(this.handle, other));
  }

  /** -this */
  neg(): TorchTensor {
    return new TorchTensor(neg(this.handle));
  }

  /** 1 / this, entry by entry. */
  reciprocal(): TorchTensor {
    return new TorchTensor(reciprocal(this.handle));
  }

  /** A copy with entries of another type (`x.to('float32')`), or on another device (`x.to('cuda:0')`). */
  to(where: Device): TorchTensor {
    const isType = dtypes.includes(where as DType);
    const [type, device] = isType ? [codeOf(where), undefined] : [undefined, where];
    return new TorchTensor(toCopy(this.handle, type, undefined, device));
  }

  /**
   * What an exchange between ranks sends: complex entries are pairs of floats. `data` is the tensor's own memory where it
   * lies on the processor by rows, so that nothing is copied but by the exchange itself; all others are copied once to
   * where the exchange takes them from.
   */
  toLeaf(): {
    dtype: DType;
    shape: number[];
    data: (staging?: Stops) => Values | Promise<Values>;
  } {
    const { dtype: own, shape } = this;
    const pairs = widthOf(own) === 2;
    const floats = own === 'complex64' ? 'float32' : 'float64';
    const dtype = pairs ? floats : own;
    return {
      dtype,
      shape: pairs ? [...shape, 2] : shape,
      data: staging => this.#ownMemory(own) ?? this.#stop(dtype, staging) ?? this.data()
    };
  }

  /**
   * A tensor like this one: in the memory of what an exchange brought, which nobody else has, or copied to its device
   * from where it stopped, which may still go on when the tensor is there: the device waits for it.
   */
  fromLeaf(data: Values, shape: readonly number[], staging?: Stops): TorchTensor {
    const { dtype, device } = this;
    const sizes = widthOf(dtype) === 2 ? shape.slice(0, -1) : shape;
    if (staging?.has(data)) {
      const bring = () => loadAddon().bring(data, codeOf(dtype), sizes, device);
      const [handle, read] = inWords('tensor', bring);
      staging.until(read);
      return new TorchTensor(handle);
    }
    if (device !== 'cpu') return tensor(data, { dtype, device, shape: sizes });
    const adopt = () => loadAddon().adopt(data, codeOf(dtype), sizes);
    return new TorchTensor(inWords('tensor', adopt));
  }

  /** Its entries where an exchange takes them from; undefined if that has no room for them. */
  #stop(dtype: DType, staging: Stops | undefined): Promise<Values> | undefined {
    const addon = loadAddon();
    const pin = this.device === 'cpu' ? undefined : (bytes: Uint8Array) => addon.pin(bytes);
    const width = widthOf(this.dtype);
    const stop = staging?.take(dtype as 'float64' | 'float32' | 'int32', this.size * width, pin);
    if (!stop) return undefined;
    const fetched = inWords('data', () => addon.fetch(this.handle, stop));
    staging?.until(fetched);
    return fetched.catch((error: unknown) => {
      throw explain('data', error);
    });
  }

  /** Undefined where it lies elsewhere, or in another order. */
  #ownMemory(dtype: DType): Values | undefined {
    const buffer = inWords('view', () => loadAddon().view(this.handle));
    return buffer ? valuesOver(buffer, dtype) : undefined;
  }

  toString(): string {
    const { dtype, shape, device } = this;
    return `tensor ${dtype}[${shape.join(',')}] on ${device}`;
  }

  #description(): Float64Array {
    const addon = loadAddon();
    inWords('tensor', () => addon.describe(this.handle));
    return addon.description;
  }
}

/**
 * A tensor with a copy of these values.
 * @param values a typed array (complex entries as pairs), a number, or numbers in rows of rows
 * @throws SHAPE_MISMATCH for ragged rows, OPERATOR_ARGUMENT for a shape that does not fit, TORCH_ABSENT
 */
export function tensor(values: Values | Nested, options: TensorOptions = {}): TorchTensor {
  const { device = defaultDevice() } = options;
  const addon = loadAddon();
  if (ArrayBuffer.isView(values)) {
    const dtype = options.dtype ?? dtypeOfArray(values);
    const shape = options.shape ?? [values.length / widthOf(dtype)];
    return inWords(
      'tensor',
      () => new TorchTensor(addon.from(values, codeOf(dtype), shape, unlessCpu(device)))
    );
  }
  const found: number[] = [];
  const numbers: number[] = [];
  flatten(values, 0, found, numbers);
  const { dtype = 'float64' } = options;
  // The last dimension of complex numbers is that of their pairs.
  const { shape = widthOf(dtype) === 2 ? found.slice(0, -1) : found } = options;
  const made = newValues(dtype, numbers.length / widthOf(dtype));
  for (let k = 0; k < numbers.length; k++) {
    made[k] = made instanceof BigInt64Array ? BigInt(numbers[k]) : numbers[k];
  }
  return inWords(
    'tensor',
    () => new TorchTensor(addon.from(made, codeOf(dtype), shape, unlessCpu(device)))
  );
}

/** A tensor in the memory of an array over a SharedArrayBuffer: both see what either writes. @throws OPERATOR_ARGUMENT for other memory */
export function sharedTensor(
  values: Values,
  options: Omit<TensorOptions, 'device'> = {}
): TorchTensor {
  const dtype = options.dtype ?? dtypeOfArray(values);
  const shape = options.shape ?? [values.length / widthOf(dtype)];
  return inWords(
    'sharedTensor',
    () => new TorchTensor(loadAddon().share(values, codeOf(dtype), shape))
  );
}

function flatten(values: Nested, depth: number, shape: number[], into: number[]): void {
  if (typeof values === 'number') {
    if (depth !== shape.length) throw ragged(shape, 'a number');
    into.push(values);
    return;
  }
  if (!Array.isArray(values)) throw ragged(shape, String(values));
  const isNew = into.length === 0 && depth === shape.length;
  if (isNew) shape.push(values.length);
  if (shape[depth] !== values.length) throw ragged(shape, `a row of ${values.length}`);
  for (const row of values as readonly Nested[]) flatten(row, depth + 1, shape, into);
}

function ragged(shape: readonly number[], received: string): DecentLabError {
  const expected = `rows of one shape, [${shape.join(', ')}]`;
  return new DecentLabError('SHAPE_MISMATCH', {
    what: 'The values of a tensor',
    expected,
    received
  });
}
