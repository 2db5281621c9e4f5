/** Makes the calls of one rank, beside the cell: takes values apart, has programs run on them, puts the results together. */
import type { CallOptions, Value } from '../../mathematics/communicator/communicator.js';
import { flat, type Flat } from '../../mathematics/communicator/windows/room.js';
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
  readonly options?: CallOptions;
}

export class Caller {
  readonly #thread: LinkThread;
  readonly #epoch: () => number;
  /** Calls are handed on in the order in which they were made, however long a value takes to read. */
  #last: Promise<unknown> = Promise.resolve();

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
    const { described, arrays } = await this.arrays(program, x, given);
    return (await described.rebuild(arrays)) as T;
  }

  /** Runs a program whose result has a structure of its own: its arrays, and `x` taken apart. */
  async arrays<Name extends ProgramName>(
    program: Name,
    x: Value,
    given: Told<Name>
  ): Promise<{ described: Description; arrays: readonly LeafData[] }> {
    const described = this.#last.then(() => describe(x));
    const arrays = await this.#hand(program, described.then(flat), given);
    return { described: await described, arrays };
  }

  /** Runs a program on a value that is taken apart already. */
  flat<Name extends ProgramName>(
    program: Name,
    value: Flat,
    given: Told<Name>
  ): Promise<readonly LeafData[]> {
    return this.#hand(
      program,
      this.#last.then(() => value),
      given
    );
  }

  async #hand<Name extends ProgramName>(
    program: Name,
    value: Promise<Flat>,
    { spec, options: { name, timeout } = {} }: Told<Name>
  ): Promise<readonly LeafData[]> {
    const epoch = this.#epoch();
    const options = { name, timeout };
    const running = value.then(({ datas: arrays, signature }) => {
      // Not awaited in here: the next call need not wait for this one's end.
      return { end: this.#thread.run({ program, spec, arrays, signature, options, epoch }) };
    });
    this.#last = running.catch(() => undefined);
    const { end } = await running;
    return end;
  }
}
