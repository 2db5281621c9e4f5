/** Where the arrays of a call lie in its block of link memory, and behind them room for those of its result. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import { kindOf, spaceOf, type LinkMemory, type Place } from './link-memory.js';
import type { ProgramName } from './programs/registry.js';

/** The programs whose result has the kinds and lengths of the value. */
const IN_SHAPE: ReadonlySet<ProgramName> = new Set([
  'neighborAllreduce',
  'allreduce',
  'broadcast',
  'hierarchicalNeighborAllreduce'
] as const);

export interface Layout {
  /** Bytes of the block. */
  readonly bytes: number;
  /** From the beginning of the block; undefined for arrays that lie in link memory already. */
  readonly arrays: readonly (Place | undefined)[];
  /** The same for the result; undefined if its shape is not known. */
  readonly results: readonly (Place | undefined)[] | undefined;
  /** Whether all of it is in the block: then it is right for any values of these kinds and lengths. */
  readonly isMovable: boolean;
}

/** @param out where the caller wants the result */
export function layoutOf(
  program: ProgramName,
  { arrays, out }: { arrays: readonly LeafData[]; out?: readonly LeafData[] | undefined },
  memory: LinkMemory
): Layout {
  let bytes = 0;
  const take = (data: LeafData): Place => {
    const place = [kindOf(data), bytes, data.length] as const;
    bytes += spaceOf(data);
    return place;
  };
  const placeIn = (data: LeafData): Place | undefined =>
    memory.placeOf(data) ? undefined : take(data);
  const places = arrays.map(placeIn);
  const isInShape = IN_SHAPE.has(program);
  const results = isInShape ? (out ? out.map(placeIn) : arrays.map(take)) : undefined;
  const isMovable = isInShape && [...places, ...results!].every(place => place !== undefined);
  return { bytes, arrays: places, results, isMovable };
}

/** A place of a block that begins at `block`. */
export function placeAt(block: number, [kind, offset, length]: Place): Place {
  return [kind, block + offset, length];
}
