/** The backend `torch` of TensorFlow.js: which tensor of PyTorch stands behind each of its data ids. */
import type { BackendValues, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';

import { inWords, loadAddon, type Handle } from '../addon.js';
import { codeOf, type Values } from '../dtypes.js';
import type { Tensorflow } from '../../tensorflow.js';

/** PyTorch's types for TensorFlow.js's; texts stay in JavaScript. */
const CODES: Readonly<Record<string, number>> = {
  float32: codeOf('float32'),
  int32: codeOf('int32'),
  bool: codeOf('bool'),
  complex64: codeOf('complex64')
};
const NAMES = new Map(Object.entries(CODES).map(([name, code]) => [code, name as DataType]));

/** What a kernel is given. */
export interface Input {
  readonly handle: Handle;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

interface Entry {
  /** Undefined for texts. */
  readonly handle?: Handle;
  readonly texts?: Uint8Array[];
  readonly dtype: DataType;
  references: number;
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

  class Torch extends tf.KernelBackend {
    readonly #entries = new WeakMap<DataId, Entry>();
    #count = 0;

    override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
      const dataId = {};
      this.move(dataId, values, shape, dtype, 1);
      return dataId;
    }

    override move(
      dataId: DataId,
      values: BackendValues,
      shape: number[],
      dtype: DataType,
      references: number
    ): void {
      if (dtype === 'string') {
        this.#add(dataId, { texts: values as Uint8Array[], dtype, references });
        return;
      }
      const typed = toTyped(values, dtype);
      const handle = inWords('tf.tensor', () => addon.from(typed, CODES[dtype], shape, device));
      this.#add(dataId, { handle, dtype, references });
    }

    input({ dataId, shape, dtype }: TensorInfo): Input {
      return { handle: this.#get(dataId).handle as Handle, shape, dtype };
    }

    /** Takes a tensor over; other types of entries than TensorFlow.js's become the nearest of them. */
    output(handle: Handle): TensorInfo {
      const dataId = {};
      addon.describe(handle);
      const { description } = addon;
      let dtype = NAMES.get(description[0]);
      if (dtype === undefined) {
        dtype = description[0] === codeOf('float64') ? 'float32' : 'int32';
        const converted = addon.call(toFloat, handle, CODES[dtype]) as Handle;
        addon.release(handle);
        handle = converted;
      }
      const shape = new Array<number>(description[1]);
      for (let k = 0; k < shape.length; k++) shape[k] = description[2 + k];
      this.#add(dataId, { handle, dtype, references: 1 });
      return { dataId, shape, dtype };
    }

    override readSync(dataId: DataId): BackendValues {
      const { handle, texts, dtype } = this.#get(dataId);
      if (handle === undefined) return texts as Uint8Array[];
      addon.describe(handle);
      const values = valuesFor(dtype, entriesOf(addon.description));
      inWords('dataSync', () => addon.copyTo(handle, values));
      return values as Float32Array;
    }

    override async read(dataId: DataId): Promise<BackendValues> {
      const { handle, dtype } = this.#get(dataId);
      if (handle === undefined) return this.readSync(dataId);
      const where = addon.describe(handle);
      if (where === 'cpu' && entriesOf(addon.description) * 4 <= SMALL)
        return this.readSync(dataId);
      const buffer = await inWords('data', () => addon.read(handle));
      return new (arrayOf(dtype))(buffer);
    }

    override disposeData(dataId: DataId, force = false): boolean {
      const entry = this.#entries.get(dataId);
      if (entry === undefined) return true;
      entry.references -= 1;
      if (!force && entry.references > 0) return false;
      if (entry.handle !== undefined) addon.release(entry.handle);
      this.#entries.delete(dataId);
      this.#count -= 1;
      return true;
    }

    override refCount(dataId: DataId): number {
      return this.#entries.get(dataId)?.references ?? 0;
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

    #add(dataId: DataId, entry: Entry): void {
      this.#entries.set(dataId, entry);
      this.#count += 1;
      // Tensors that nobody disposes of go with their data ids.
      if (entry.handle !== undefined) addon.guard(dataId, entry.handle);
    }

    #get(dataId: DataId): Entry {
      const entry = this.#entries.get(dataId);
      if (entry !== undefined) return entry;
      tf.engine().moveData(this, dataId);
      return this.#entries.get(dataId) as Entry;
    }
  }

  return new Torch();
}

function entriesOf(description: Float64Array): number {
  let entries = 1;
  for (let k = 0; k < description[1]; k++) entries *= description[2 + k];
  return entries;
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
