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
import type { StagedCall } from './staged.js';
import type { Settle } from './settle.js';

/** What a program is told beside the value. */
export interface Told<Name extends ProgramName> {
  /** Data that can be cloned. */
  readonly spec: SpecOf<Name>;
  readonly options?: (CallOptions & OutOption) | undefined;
  /** Whether the ranks' values may differ in their first dimension. Defaults to false. */
  readonly isByRows?: boolean;
  /** Whether the result may be written over the value. Defaults to false. */
  readonly isOver?: boolean;
}

/** A value on its way through a call. */
interface Passage<V, R> {
  /** Takes it apart. */
  read(): V | Promise<V>;
  /** Puts the result together. */
  build(value: V, datas: readonly LeafData[]): R | Promise<R>;
  /** Where it stops on its way. */
  readonly staging?: StagedCall;
}

/** What counts as a round of averaging. */
const AVERAGES: ReadonlySet<ProgramName> = new Set([
  'neighborAllreduce',
  'hierarchicalNeighborAllreduce'
]);

export class Caller {
  readonly #thread: LinkThread;
  readonly #epoch: () => number;
  /** Settles when the values of all calls so far have been read, where reading takes time. */
  #reading: Promise<unknown> | undefined;
  #rounds = 0;

  /** @param epoch the epoch in which this rank makes its calls now */
  constructor(thread: LinkThread, epoch: () => number) {
    this.#thread = thread;
    this.#epoch = epoch;
  }

  /** How many times this rank has averaged with its neighbours since it began. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Runs a program on `x`: it gives a new value of the structure of `x`. @throws VALUE_INVALID, at once or as its end */
  run<Name extends ProgramName>(
    program: Name,
    x: Value,
    given: Told<Name>,
    settle: Settle<Value | Promise<Value>>
  ): void {
    const { options, isByRows, isOver } = given;
    const staging = this.#thread.staging.open();
    const passage: Passage<Description, Value> = {
      read: () => describe(x, { isByRows, out: options?.out, isOver, staging }),
      build: (description, datas) => description.rebuild(datas),
      staging
    };
    this.#enter(program, given, passage, settle);
  }

  /** Runs a program on a value that is taken apart already. */
  flat<Name extends ProgramName>(
    program: Name,
    value: Flat,
    given: Told<Name>,
    settle: Settle<readonly LeafData[]>
  ): void {
    this.#enter(program, given, { read: () => value, build: (_, datas) => datas }, settle);
  }

  /** Hands calls on in the order in which they were made, at once where no value has to be waited for. */
  #enter<Name extends ProgramName, V extends Given, R>(
    program: Name,
    { spec, options: { name, timeout } = {} }: Told<Name>,
    { read, build, staging }: Passage<V, R>,
    settle: Settle<R | Promise<R>>
  ): void {
    const epoch = this.#epoch();
    const fail = (error: unknown): void => {
      staging?.leave();
      settle.reject(error);
    };
    const start = (value: V): void => {
      const { signature, out } = value;
      const end = cellTime.call(program);
      const ended: Settle<readonly LeafData[]> = {
        resolve: datas => {
          end?.();
          if (AVERAGES.has(program)) this.#rounds++;
          try {
            const result = build(value, datas);
            leaveAfter(result, staging);
            settle.resolve(result);
          } catch (error) {
            fail(error);
          }
        },
        reject: error => {
          end?.();
          fail(error);
        }
      };
      const call = { program, spec, signature, options: { name, timeout }, epoch };
      this.#thread.run(call, { arrays: datasOf(value), out, staging }, ended);
    };
    if (!this.#reading) {
      let value: V | Promise<V>;
      try {
        value = read();
        if (!(value instanceof Promise)) return start(value);
      } catch (error) {
        return fail(error);
      }
      return this.#startAfter(value.then(start), fail);
    }
    this.#startAfter(this.#reading.then(read).then(start), fail);
  }

  /** Later calls wait until this one has begun. */
  #startAfter(starting: Promise<void>, fail: (error: unknown) => void): void {
    const settled = starting.catch(fail).then(() => {
      if (this.#reading === settled) this.#reading = undefined;
    });
    this.#reading = settled;
  }
}

/** The caller has done with the stops of its call once it has the result. */
function leaveAfter(result: unknown, staging: StagedCall | undefined): void {
  if (!staging) return;
  const leave = (): void => staging.leave();
  if (result instanceof Promise) result.then(leave, leave);
  else leave();
}

/** A value taken apart: with the way back, or flat. */
type Given = Pick<Description, 'signature' | 'out'> & (Pick<Description, 'leaves'> | Flat);

function datasOf(given: Given): readonly LeafData[] {
  return 'datas' in given ? given.datas : given.leaves.map(leaf => leaf.data);
}
