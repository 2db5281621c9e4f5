/** Gathers: who receives from whom, and the arrays of several ranks one behind the other. */
import { DecentLabError } from '../../errors.js';
import type { NeighborAllgatherOptions } from './options.js';
import type { LeafData } from './values.js';
import { topologyPlan, type ExchangePlan, type Neighbourhood, assertRanks } from './weights.js';

/** More than this is refused before memory is taken. */
const MOST_BYTES = 2 ** 32;

/**
 * The plan of one neighborAllgather. Its sources are in the order of the result, its weights are 1.
 * @throws VALUE_INVALID if only one of `srcRanks` and `dstRanks` is given, or for a rank that is none, is named twice
 *   or is this one
 */
export function planGather(
  near: Neighbourhood,
  { srcRanks, dstRanks }: NeighborAllgatherOptions = {}
): ExchangePlan {
  if (srcRanks === undefined && dstRanks === undefined)
    return { ...topologyPlan(near), selfWeight: 0 };
  if (srcRanks === undefined || dstRanks === undefined) {
    throw new DecentLabError('VALUE_INVALID', {
      what: `srcRanks and dstRanks on rank ${near.rank}`,
      expected: 'both or neither',
      received: `${srcRanks === undefined ? 'dstRanks' : 'srcRanks'} only`
    });
  }
  for (const [name, ranks] of Object.entries({ srcRanks, dstRanks })) {
    if (Array.isArray(ranks)) continue;
    throw new DecentLabError('VALUE_INVALID', {
      what: `${name} on rank ${near.rank}`,
      expected: 'a list of ranks',
      received: ranks
    });
  }
  const sources = srcRanks.map(rank => [rank, 1] as const);
  const destinations = dstRanks.map(rank => [rank, 1] as const);
  assertRanks('srcRanks', sources, near);
  assertRanks('dstRanks', destinations, near);
  return { selfWeight: 0, sources, destinations, isDynamic: true };
}

/**
 * The arrays of several ranks, each behind that of the rank before.
 * @param entries one list of arrays a rank, of the same types
 * @param like of the same types, for a gather of nobody
 * @param create makes an array of the type of `like`. Defaults to new memory
 * @throws VALUE_INVALID for more than 4 GiB
 */
export function concatenate(
  entries: readonly (readonly LeafData[])[],
  like: readonly LeafData[],
  create: (like: LeafData, length: number) => LeafData = newArray
): LeafData[] {
  return like.map((own, l) => {
    const parts = entries.map(arrays => arrays[l]);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length * own.BYTES_PER_ELEMENT > MOST_BYTES) throw tooLarge(length * own.BYTES_PER_ELEMENT);
    const whole = create(own, length);
    let position = 0;
    for (const part of parts) {
      whole.set(part, position);
      position += part.length;
    }
    return whole;
  });
}

function newArray(like: LeafData, length: number): LeafData {
  return new (like.constructor as new (length: number) => LeafData)(length);
}

function tooLarge(bytes: number): DecentLabError {
  return new DecentLabError('VALUE_INVALID', {
    what: 'The gathered arrays',
    expected: `at most ${MOST_BYTES} bytes together`,
    received: `${bytes} bytes`
  });
}
