/** Where the values of devices stop on their way through an exchange: memory that the links read and write themselves. */
import type { DType, LeafData } from './values.js';

/** Has the pages of some bytes stay where they are, so that a device reads and writes them by itself; false if it cannot. */
export type Pin = (bytes: Uint8Array) => boolean;

/** The stops of one call. */
export interface Staging {
  /** An array for a value on its way, of any content; undefined if there is no room for it. */
  take(dtype: DType, length: number, pin?: Pin): LeafData | undefined;
  /** A second array like one of these, for its result. */
  like(array: LeafData): LeafData | undefined;
  /** Whether an array is one of these. */
  has(array: LeafData): boolean;
  /** A device reads or writes arrays of this call until then. */
  until(end: Promise<unknown>): void;
}

/**
 * Where the results of values that have stopped here go: they stop here too, all others go to new memory.
 * @returns undefined if none of the values has stopped here
 */
export function stopsOnTheWayBack(
  staging: Staging | undefined,
  datas: readonly LeafData[]
): LeafData[] | undefined {
  if (!staging || !datas.some(data => staging.has(data))) return undefined;
  return datas.map(data => {
    const Kind = data.constructor as new (length: number) => LeafData;
    return staging.like(data) ?? new Kind(data.length);
  });
}
