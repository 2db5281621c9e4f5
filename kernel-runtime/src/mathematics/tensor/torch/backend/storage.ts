/** The backend `torch` of TensorFlow.js: the tensors of PyTorch that stand behind its data ids. */
import type { BackendValues, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';

import { explain, inWords, loadAddon, shapeIn, type Addon, type Handle } from '../addon.js';
import { codeOf, type Values } from '../dtypes.js';
import { giveTo } from '../nursery.js';
import { descriptionOf, retain } from './operators.js';
import type { Tensorflow } from '../../tensorflow.js';

/** PyTorch's types for TensorFlow.js's; texts stay in JavaScript. */
const CODES: Readonly<Record<string, number>> = {
  float32: codeOf('float32'),
  int32: codeOf('int32'),
  bool: codeOf('bool'),
  complex64: codeOf('complex64')
};
const FLOAT64 = codeOf('float64');
const NAMES = new Map(Object.entries(CODES).map(([name, code]) => [code, name as DataType]));

/** What a kernel is given. */
export interface Input {
  readonly handle: Handle;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** The same entries from now on by another handle, made by this kernel: in memory of another order. */
  replace(handle: Handle): void;
}

/** What TensorFlow.js knows as a data id: of our own ones, the data themselves. */
class Data {
  /** Undefined for texts. */
  handle: Handle | undefined;
  dtype: DataType;
  /** 0 when they have been given back. */
  references: number;
  texts: Uint8Array[] | undefined;

  constructor(handle: Handle | undefined, dtype: DataType, references: number) {
    this.handle = handle;
    this.dtype = dtype;
    this.references = references;
  }
}

type DataId = object;

/** Reads up to this size do not leave the thread: a copy of 16 KB is quicker than two changes of thread. */
const SMALL = 16384;

/** The number of a type in PyTorch. */
export function torchType(dtype: string): number {
  return CODES[dtype];
}

/** The backend's methods as TensorFlow.js calls them. */
export interface TorchBackend extends KernelBackend {
  input(info: TensorInfo): Input;
  output(handle: Handle): TensorInfo;
  incRef(dataId: object): void;
}

/** Makes the class: it extends that of the process's one TensorFlow.js. `device` as PyTorch names it. */
export function createBackend(tf: Tensorflow, device: string): TorchBackend {
  const addon = loadAddon();
  const toFloat = addon.find('aten::_to_copy', '').index;
  const where = device === 'cpu' ? undefined : device;

  /** A kernel's input; a class, as these are made by the thousand. */
  class Given implements Input {
    readonly #data: Data;
    readonly shape: readonly number[];

    constructor(data: Data, shape: readonly number[]) {
      this.#data = data;
      this.shape = shape;
    }

    get handle(): Handle {
      return this.#data.handle as Handle;
    }

    get dtype(): DataType {
      return this.#data.dtype;
    }

    replace(handle: Handle): void {
      retain(handle);
      addon.release(this.handle);
      this.#data.handle = handle;
      giveTo(this.#data, handle, addon);
    }
  }

  class Torch extends tf.KernelBackend {
    /** Data of ids that other backends have made. */
    readonly #moved = new WeakMap<DataId, Data>();
    #count = 0;

    override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
      const data = new Data(undefined, dtype, 1);
      this.#fill(data, values, shape);
      return data;
    }

    override move(
      dataId: DataId,
      values: BackendValues,
      shape: number[],
      dtype: DataType,
      references: number
    ): void {
      const data = dataId instanceof Data ? dataId : new Data(undefined, dtype, references);
      data.references = references;
      if (data !== dataId) this.#moved.set(dataId, data);
      this.#fill(data, values, shape);
    }

    input({ dataId, shape }: TensorInfo): Input {
      return new Given(this.#get(dataId), shape);
    }

    /** Takes a tensor over; other types of entries than TensorFlow.js's become the nearest of them. */
    output(handle: Handle): TensorInfo {
      const description = descriptionOf(handle);
      let dtype = NAMES.get(description[0]);
      if (dtype === undefined) {
        dtype = description[0] === FLOAT64 ? 'float32' : 'int32';
        const converted = addon.call(toFloat, handle, CODES[dtype]) as Handle;
        addon.release(handle);
        handle = converted;
      }
      const data = new Data(handle, dtype, 1);
      this.#count += 1;
      giveTo(data, handle, addon);
      return { dataId: data, shape: shapeIn(description), dtype };
    }

    override readSync(dataId: DataId): BackendValues {
      const { handle, texts, dtype } = this.#get(dataId);
      if (handle === undefined) return texts as Uint8Array[];
      addon.describe(handle);
      const values = valuesFor(dtype, entriesOf(addon));
      inWords('dataSync', () => addon.copyTo(handle, values));
      return values as Float32Array;
    }

    override async read(dataId: DataId): Promise<BackendValues> {
      const { handle, dtype } = this.#get(dataId);
      if (handle === undefined) return this.readSync(dataId);
      addon.describe(handle);
      if (where === undefined && addon.description[1] <= SMALL) return this.readSync(dataId);
      try {
        return new (arrayOf(dtype))(await addon.read(handle));
      } catch (error) {
        throw explain('data', error);
      }
    }

    override disposeData(dataId: DataId, force = false): boolean {
      const data = this.#find(dataId);
      if (data === undefined) return true;
      data.references -= 1;
      if (!force && data.references > 0) return false;
      if (data.handle !== undefined) addon.release(data.handle);
      data.references = 0;
      this.#moved.delete(dataId);
      this.#count -= 1;
      return true;
    }

    override refCount(dataId: DataId): number {
      return this.#find(dataId)?.references ?? 0;
    }

    override incRef(dataId: DataId): void {
      this.#get(dataId).references += 1;
    }

    override numDataIds(): number {
      return this.#count;
    }

    override memory(): { unreliable: boolean } {
      return { unreliable: false };
    }

    override floatPrecision(): 32 {
      return 32;
    }

    override epsilon(): number {
      return 1e-7;
    }

    override timerAvailable(): boolean {
      return true;
    }

    override async time(run: () => void): Promise<{ kernelMs: number }> {
      const begun = performance.now();
      run();
      return Promise.resolve({ kernelMs: performance.now() - begun });
    }

    override dispose(): void {
      // Each tensor is given back by TensorFlow.js itself.
    }

    #fill(data: Data, values: BackendValues, shape: readonly number[]): void {
      const { dtype } = data;
      this.#count += 1;
      if (dtype === 'string') {
        data.texts = values as Uint8Array[];
        return;
      }
      const typed = toTyped(values, dtype);
      data.handle = inWords('tf.tensor', () => addon.from(typed, CODES[dtype], shape, where));
      giveTo(data, data.handle, addon);
    }

    #find(dataId: DataId): Data | undefined {
      const data = dataId instanceof Data ? dataId : this.#moved.get(dataId);
      return data !== undefined && data.references > 0 ? data : undefined;
    }

    #get(dataId: DataId): Data {
      const data = this.#find(dataId);
      if (data !== undefined) return data;
      tf.engine().moveData(this, dataId);
      return this.#find(dataId) as Data;
    }
  }

  return new Torch();
}

/** How many entries the described tensor has. */
function entriesOf({ description }: Addon): number {
  return shapeIn(description).reduce((entries, extent) => entries * extent, 1);
}

function arrayOf(dtype: DataType) {
  if (dtype === 'int32') return Int32Array;
  return dtype === 'bool' ? Uint8Array : Float32Array;
}

/** An array for so many entries; complex ones are pairs. */
function valuesFor(dtype: DataType, entries: number): Values {
  return new (arrayOf(dtype))(dtype === 'complex64' ? 2 * entries : entries);
}

function toTyped(values: BackendValues, dtype: DataType): Values {
  const Wanted = arrayOf(dtype);
  if (values instanceof Wanted) return values;
  return Wanted.from(values as unknown as ArrayLike<number>);
}
