/** What runs beside the sockets for one call of a cell, and what it gets: data that can be cloned, nothing else. */
import type { CallOptions } from '../../mathematics/communicator/communicator.js';
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Entrance } from './entrance.js';
import type { LinkMemory } from './link-memory.js';

/** One call of this rank, as its program sees it. */
export interface Exchange {
  readonly caller: Entrance;
  /** The arrays of the value, one for each leaf: read them, do not write them. */
  readonly arrays: readonly LeafData[];
  /** Structure, types and shapes of the value in words. */
  readonly signature: string;
  readonly options: CallOptions;
  /** Where the caller wants the arrays of the result, in link memory; they may be returned elsewhere, at a copy's cost. */
  readonly results?: readonly (LeafData | undefined)[] | undefined;
  /** The part of link memory that this side hands out; a result that lies there is freed when the caller has it. */
  readonly memory: LinkMemory;
  /** Until this has settled, `arrays` and `results` are read or written, whether the call has ended or not. */
  hold(until: Promise<unknown>): void;
}

/** The arrays of a result: now, or when all of them have come. */
export type Arriving = readonly LeafData[] | Promise<readonly LeafData[]>;

/** The arrays of a result; they arrive after all sends have begun. */
export interface Begun {
  readonly arriving: Arriving;
}

/**
 * Begins the exchange of one call, in the order of this rank's calls, and resolves when the next one may begin: when all
 * agreements between the ranks are done and the place of the call in its stream is taken.
 */
export type Program<Spec> = (exchange: Exchange, spec: Spec) => Begun | Promise<Begun>;
