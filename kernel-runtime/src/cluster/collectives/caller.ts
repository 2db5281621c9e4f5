/** Makes the calls of one rank, beside the cell: takes values apart, has programs run on them, puts the results together. */
import type { CallOptions, Value } from '../../mathematics/communicator/communicator.js';
import { flat, type Flat } from '../../mathematics/communicator/windows/room.js';
import {
  describe,
  type Description,
  type LeafData
} from '../../mathematics/communicator/values.js';
import type { Request } from './entrance.js';
import type { ProgramName, SpecOf } from './programs/registry.js';

/** What a program is told beside the value. */
export interface CallGiven<Name extends ProgramName> {
  /** Data that can be cloned. */
  readonly spec: SpecOf<Name>;
  readonly options?: CallOptions;
}

/** Runs the programs, beside the sockets. */
export interface Callee {
  readonly epoch: number;
  run(request: Request): Promise<readonly LeafData[]>;
}

export class Caller {
  readonly rank: number;
  readonly size: number;
  readonly #callee: Callee;
  /** Calls are handed on in the order in which they were made, however long a value takes to read. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(callee: Callee, { rank, size }: { rank: number; size: number }) {
    this.#callee = callee;
    this.rank = rank;
    this.size = size;
  }

  /** Runs a program on `x`. @returns a new value of the structure of `x` */
  async run<Name extends ProgramName, T extends Value>(
    program: Name,
    x: T,
    given: CallGiven<Name>
  ): Promise<T> {
    const { described, arrays } = await this.arrays(program, x, given);
    return (await described.rebuild(arrays)) as T;
  }

  /** Runs a program whose result has a structure of its own: its arrays, and `x` taken apart. */
  async arrays<Name extends ProgramName>(
    program: Name,
    x: Value,
    given: CallGiven<Name>
  ): Promise<{ described: Description; arrays: readonly LeafData[] }> {
    const described = this.#last.then(() => describe(x));
    const arrays = await this.#hand(program, described.then(flat), given);
    return { described: await described, arrays };
  }

  /** Runs a program on a value that is taken apart already. */
  flat<Name extends ProgramName>(
    program: Name,
    value: Flat,
    given: CallGiven<Name>
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
    { spec, options: { name, timeout } = {} }: CallGiven<Name>
  ): Promise<readonly LeafData[]> {
    const { epoch } = this.#callee;
    const options = { name, timeout };
    const running = value.then(({ datas: arrays, signature }) => {
      // Not awaited in here: the next call need not wait for this one's end.
      return { end: this.#callee.run({ program, spec, arrays, signature, options, epoch }) };
    });
    this.#last = running.catch(() => undefined);
    const { end } = await running;
    return end;
  }
}
