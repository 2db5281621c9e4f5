/** How calls cross between the thread of the cells and that of the links: in words at first, then by a few numbers. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { CallGiven } from './entrance.js';
import type { Place } from './link-memory.js';
import type { Failure } from './remote.js';

/** A call, in words. */
export interface ToldCall {
  /** Its number on this rank. */
  readonly call: number;
  readonly given: CallGiven;
  /** The arrays of its value, in link memory. */
  readonly places: readonly Place[];
  /** Where its result goes, as far as that is link memory too. */
  readonly results?: readonly (Place | undefined)[] | undefined;
  /** For calls like it: the number under which to remember it, and what of it lies in a block, from its beginning on. */
  readonly template?: RememberedPlaces & { readonly id: number };
}

/** Places from the beginning of a block on; undefined for arrays that lie where they always do. */
export interface RememberedPlaces {
  readonly arrays: readonly (Place | undefined)[];
  readonly results: readonly (Place | undefined)[];
}

/** A call like one that was told before, in another block. */
export type RepeatedCall = readonly [call: number, template: number, epoch: number, block: number];

export type Crossing = readonly [ToldCall] | RepeatedCall;

/** How a call has ended: its number alone if its result is where it was to go, and its memory is free. */
export type Ended = number | EndedCall;

export interface EndedCall {
  readonly call: number;
  /** The arrays of the result, or where they lie in link memory; undefined where they are where the caller wants them. */
  readonly arrays?: readonly (LeafData | Place | undefined)[];
  readonly failure?: Failure;
  /** Whether its memory is still in use: that it is free is told later. */
  readonly isHeld: boolean;
}

/** What the thread of the links hands over at the end of a turn. */
export type Results = readonly (Ended | { readonly released: number })[];

/** How many calls the thread of the links remembers. */
export const TEMPLATES = 256;
