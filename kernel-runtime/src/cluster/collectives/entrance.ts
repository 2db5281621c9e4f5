/** Where the calls of one rank begin, beside the sockets: keeps their order, names their streams, runs their programs. */
import type { CallOptions } from '../../mathematics/communicator/communicator.js';
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Call } from './call.js';
import type { Mesh } from './mesh.js';
import type { Arriving, Begun, Exchange, Program } from './program.js';
import { allRanksStream, namedStream, NEIGHBOUR_STREAM } from './streams.js';
import { EngineWindows } from './windows/windows.js';
import { programs, type ProgramName } from './programs/registry.js';

/** One call of a cell, its arrays apart: data that can be cloned. */
export interface CallGiven {
  readonly program: ProgramName;
  readonly spec: unknown;
  readonly signature: string;
  readonly options: CallOptions;
  /** The epoch in which the cell made the call. */
  readonly epoch: number;
}

/** The memory of one call. */
export type CallMemory = Pick<Exchange, 'arrays' | 'results' | 'memory' | 'hold'>;

/** What a program says of one of its calls. */
export interface CallWords {
  readonly op: string;
  readonly signature: string;
  readonly options: CallOptions;
  /** Of a call of all ranks: without whom none of them can end it. Defaults to all members. */
  readonly needs?: readonly number[];
}

export class Entrance {
  readonly mesh: Mesh;
  readonly rank: number;
  readonly size: number;
  readonly windows: EngineWindows;
  /** Calls begin in the order in which they were made: behind this, while one takes long to agree. */
  #entering: Promise<void> | undefined;
  #named = new Map<string, number>();
  #namedEpoch = 0;
  /** What was compared last, by kind. */
  #seen = new Map<string, { readonly epoch: number; readonly words: string }>();

  constructor(mesh: Mesh, { rank, size, epoch }: { rank: number; size: number; epoch?: number }) {
    this.mesh = mesh;
    this.rank = rank;
    this.size = size;
    this.windows = new EngineWindows(mesh, { rank, epoch });
  }

  /** Lets a call begin before the next one; the arrays of its result. @throws at once, or through the promise */
  run(given: CallGiven, memory: CallMemory): Arriving {
    if (this.#entering) return this.#enter(this.#entering.then(() => this.#begin(given, memory)));
    const begun = this.#begin(given, memory);
    return begun instanceof Promise ? this.#enter(begun) : begun.arriving;
  }

  #begin(given: CallGiven, callMemory: CallMemory): Begun | Promise<Begun> {
    this.mesh.assertEpoch(given.epoch);
    // Before a program has remembered anything.
    this.mesh.begin();
    const { arrays, results, memory, hold } = callMemory;
    const { signature, options, spec } = given;
    const program = programs[given.program] as Program<unknown>;
    return program({ caller: this, arrays, results, memory, hold, signature, options }, spec);
  }

  /** Lets later calls wait until this one has begun. */
  async #enter(beginning: Promise<Begun>): Promise<readonly LeafData[]> {
    const settle = (): void => {
      if (this.#entering === entered) this.#entering = undefined;
    };
    const entered: Promise<void> = beginning.then(settle, settle);
    this.#entering = entered;
    const { arriving } = await beginning;
    return arriving;
  }

  /** A call of this rank with its neighbours. */
  neighbourCall(words: CallWords): Call {
    return this.#call(words, words.options.name === undefined ? NEIGHBOUR_STREAM : undefined);
  }

  /** A call of all ranks. */
  allRanksCall(words: CallWords): Call {
    const { needs = this.members } = words;
    if (words.options.name !== undefined) return this.#call(words, undefined, needs);
    const call = this.#call(words, allRanksStream(this.mesh.era), needs);
    this.mesh.enter(call);
    return call;
  }

  /** The ranks that calls of all ranks go through, ascending: not always all of 0 … size - 1. */
  get members(): readonly number[] {
    return this.mesh.members;
  }

  /** All members but this rank, ascending. */
  others(): number[] {
    return this.members.filter(rank => rank !== this.rank);
  }

  /** The member so many places behind this rank (before it, if negative), around the ring of members. */
  memberAt(distance: number): number {
    const { members } = this;
    const n = members.length;
    return members[(members.indexOf(this.rank) + distance + n) % n];
  }

  /** Whether these words are others than at the last question of this kind and epoch: what is new has to be agreed on. */
  isNew(kind: string, words: string): boolean {
    const { epoch } = this.mesh;
    const seen = this.#seen.get(kind);
    if (seen?.epoch === epoch && seen.words === words) return false;
    this.#seen.set(kind, { epoch, words });
    return true;
  }

  #call(
    { op, signature, options: { name, timeout } }: CallWords,
    unnamed: string | undefined,
    needs?: readonly number[]
  ): Call {
    const { era } = this.mesh;
    const stream = unnamed ?? namedStream(name!, this.#count(name!));
    // Of one shape, whichever call it is: what handles calls is compiled for one.
    return { op, signature, stream, era, name, needs, timeout, since: Date.now() };
  }

  /** How often this name was used before in this epoch. */
  #count(name: string): number {
    if (this.#namedEpoch !== this.mesh.epoch) {
      this.#named = new Map();
      this.#namedEpoch = this.mesh.epoch;
    }
    const count = this.#named.get(name) ?? 0;
    this.#named.set(name, count + 1);
    return count;
  }
}
