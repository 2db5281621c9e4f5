/** Arrays of users in link memory: a block of its own each, given back when nobody can reach it any more. */
import { DecentLabError } from '../../errors.js';
import type { DType, LeafData } from '../../mathematics/communicator/values.js';
import { spaceOfLength, type LinkMemory } from './link-memory.js';

export type LinkArray<Kind extends DType> = {
  float64: Float64Array;
  float32: Float32Array;
  int32: Int32Array;
}[Kind];

const KINDS: readonly DType[] = ['float64', 'float32', 'int32'];

export class LinkArrays {
  readonly #memory: LinkMemory;
  /** What an array and its parts hold on to, together: when it is collected, so are they all. */
  readonly #holds = new WeakMap<LeafData, object>();
  readonly #collected: FinalizationRegistry<number>;

  constructor(memory: LinkMemory) {
    this.#memory = memory;
    this.#collected = new FinalizationRegistry(offset => memory.free(offset));
  }

  /** An array full of zeros. @throws VALUE_INVALID for another type or length, LINK_MEMORY_FULL */
  create<Kind extends DType>(dtype: Kind, length: number): LinkArray<Kind> {
    if (!KINDS.includes(dtype)) {
      throw invalid('dtype', `one of ${KINDS.map(kind => `'${kind}'`).join(', ')}`, dtype);
    }
    if (!Number.isSafeInteger(length) || length < 0) {
      throw invalid('length', 'a whole number >= 0', length);
    }
    const offset = this.#memory.allocate(spaceOfLength(dtype, length));
    const array = this.#memory.view([dtype, offset, length]);
    array.fill(0);
    const hold = {};
    this.#collected.register(hold, offset);
    return this.#keep(array, hold) as LinkArray<Kind>;
  }

  /** Lets an array, and the parts that are taken of it, keep its block. */
  #keep(array: LeafData, hold: object): LeafData {
    this.#holds.set(array, hold);
    const subarray: (begin?: number, end?: number) => LeafData = array.subarray.bind(array);
    const part = (begin?: number, end?: number): LeafData => this.#keep(subarray(begin, end), hold);
    return Object.defineProperty(array, 'subarray', { value: part });
  }
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what: `linkArray, ${what}`, expected, received });
}
