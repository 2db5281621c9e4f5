/** Makes the calls of one rank: keeps their order, names their streams, takes values apart and puts them together. */
import type { CallOptions, Value } from '../../mathematics/communicator/communicator.js';
import {
  describe,
  type Description,
  type LeafData
} from '../../mathematics/communicator/values.js';
import type { Call } from './call.js';
import { allRanksStream, namedStream, NEIGHBOUR_STREAM } from './inbox.js';
import type { Mesh } from './mesh.js';

/** What an operation says of one of its calls. */
export interface CallWords {
  readonly op: string;
  readonly signature: string;
  readonly options: CallOptions;
}

/** The arrays of a result, one for each leaf of the value; they arrive after all sends have begun. */
export type Arriving = Promise<readonly LeafData[]>;

export class Caller {
  readonly mesh: Mesh;
  readonly rank: number;
  readonly size: number;
  /** Calls begin in the order in which they were made, however long a value takes to read. */
  #entrance: Promise<unknown> = Promise.resolve();
  #named = new Map<string, number>();
  #namedEpoch = 0;

  constructor(mesh: Mesh, { rank, size }: { rank: number; size: number }) {
    this.mesh = mesh;
    this.rank = rank;
    this.size = size;
  }

  /**
   * Takes `x` apart, lets `begin` start the exchange before the next call begins, and rebuilds `x` from what arrives.
   */
  async exchange<T extends Value>(
    x: T,
    begin: (described: Description) => Promise<{ arriving: Arriving }>
  ): Promise<T> {
    const { epoch } = this.mesh;
    const entered = this.#entrance
      .then(() => describe(x))
      .then(async described => {
        this.mesh.assertEpoch(epoch);
        return { described, ...(await begin(described)) };
      });
    this.#entrance = entered.catch(() => undefined);
    const { described, arriving } = await entered;
    return (await described.rebuild(await arriving)) as T;
  }

  /** A call of this rank with its neighbours. */
  neighbourCall(words: CallWords): Call {
    return this.#call(words, words.options.name === undefined ? NEIGHBOUR_STREAM : undefined);
  }

  /** A call of all ranks. */
  allRanksCall(words: CallWords): Call {
    if (words.options.name !== undefined) return this.#call(words, undefined);
    const call = this.#call(words, allRanksStream(this.mesh.era));
    this.mesh.enter(call);
    return call;
  }

  /** All other ranks, ascending. */
  others(): number[] {
    return Array.from({ length: this.size }, (_, rank) => rank).filter(rank => rank !== this.rank);
  }

  #call(
    { op, signature, options: { name, timeout } }: CallWords,
    unnamed: string | undefined
  ): Call {
    this.mesh.begin();
    const { era } = this.mesh;
    const stream = unnamed ?? namedStream(name!, this.#count(name!));
    return { op, signature, stream, era, name, timeout, since: Date.now() };
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
