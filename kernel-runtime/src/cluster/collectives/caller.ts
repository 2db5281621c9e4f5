/** Makes the calls of one rank, beside the cell: takes values apart, has programs run on them, puts the results together. */
import { cellTime } from './activity.js';
import type { CallOptions, Value } from '../../mathematics/communicator/communicator.js';
import type { OutOption } from '../../mathematics/communicator/out.js';
import type { Flat } from '../../mathematics/communicator/windows/room.js';
import {
  describe,
  type Description,
  type LeafData
} from '../../mathematics/communicator/values.js';
import type { LinkThread } from './link-thread.js';
import type { ProgramName, SpecOf } from './programs/registry.js';

/** What a program is told beside the value. */
export interface Told<Name extends ProgramName> {
  /** Data that can be cloned. */
  readonly spec: SpecOf<Name>;
  readonly options?: (CallOptions & OutOption) | undefined;
  /** Whether the ranks' values may differ in their first dimension. Defaults to false. */
  readonly isByRows?: boolean;
}

export class Caller {
  readonly #thread: LinkThread;
  readonly #epoch: () => number;
  /** Settles when the values of all calls so far have been read, where reading takes time. */
  #reading: Promise<unknown> | undefined;

  /** @param epoch the epoch in which this rank makes its calls now */
  constructor(thread: LinkThread, epoch: () => number) {
    this.#thread = thread;
    this.#epoch = epoch;
  }

  /** Runs a program on `x`. @returns a new value of the structure of `x` */
  async run<Name extends ProgramName, T extends Value>(
    program: Name,
    x: T,
    given: Told<Name>
  ): Promise<T> {
    const entered = this.#describe(program, x, given);
    const { described, ended } = entered instanceof Promise ? await entered : entered;
    return described.rebuild(await ended) as T;
  }

  /** Runs a program whose result has a structure of its own: its arrays, and `x` taken apart. */
  async arrays<Name extends ProgramName>(
    program: Name,
    x: Value,
    given: Told<Name>
  ): Promise<{ described: Description; arrays: readonly LeafData[] }> {
    const { described, ended } = await this.#describe(program, x, given);
    return { described, arrays: await ended };
  }

  #describe<Name extends ProgramName>(
    program: Name,
    x: Value,
    given: Told<Name>
  ): Entered<Description> | Promise<Entered<Description>> {
    const { options, isByRows = false } = given;
    return this.#enter(program, given, () => describe(x, { isByRows, out: options?.out }));
  }

  /** Runs a program on a value that is taken apart already. */
  async flat<Name extends ProgramName>(
    program: Name,
    { signature, datas }: Flat,
    given: Told<Name>
  ): Promise<readonly LeafData[]> {
    const { ended } = await this.#enter(program, given, () => ({ signature, datas }));
    return ended;
  }

  /** Hands calls on in the order in which they were made, at once where no value has to be waited for. */
  #enter<Name extends ProgramName, V extends Given>(
    program: Name,
    { spec, options: { name, timeout } = {} }: Told<Name>,
    read: () => V | Promise<V>
  ): Entered<V> | Promise<Entered<V>> {
    const words = { program, spec, options: { name, timeout }, epoch: this.#epoch() };
    const start = (described: V): Entered<V> => {
      const { signature, out } = described;
      const end = cellTime.call(program);
      const arrays = datasOf(described);
      const ended = this.#thread.run({ ...words, signature }, { arrays, out });
      if (end) ended.then(end, end);
      return { described, ended };
    };
    const described = this.#reading ? this.#reading.then(read) : read();
    if (!(described instanceof Promise)) return start(described);
    const entered = described.then(start);
    const settled = entered
      .catch(() => undefined)
      .then(() => {
        if (this.#reading === settled) this.#reading = undefined;
      });
    this.#reading = settled;
    return entered;
  }
}

/** A value taken apart: with the way back, or flat. */
type Given = Pick<Description, 'signature' | 'out'> & (Pick<Description, 'leaves'> | Flat);

/** A call that has been handed on. In a record, because a promise of a promise would wait for the result. */
interface Entered<V> {
  readonly described: V;
  readonly ended: Promise<readonly LeafData[]>;
}

function datasOf(given: Given): readonly LeafData[] {
  return 'datas' in given ? given.datas : given.leaves.map(leaf => leaf.data);
}
