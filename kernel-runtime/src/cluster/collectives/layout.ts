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
  /** Where the arrays of link memory lie, in front those of the value. */
  readonly fixed: readonly (number | undefined)[];
}

/** The arrays of one call, and where its result goes, if the caller has said so. */
export interface Arrays {
  readonly arrays: readonly LeafData[];
  readonly out?: readonly LeafData[] | undefined;
}

/** Lays out the arrays of a call. */
export function layoutOf(
  program: ProgramName,
  { arrays, out }: Arrays,
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
  const fixed = [...arrays, ...(out ?? [])].map(data => offsetIn(memory, data));
  return { bytes, arrays: places, results, fixed };
}

/** Whether a layout is right for other arrays of the same kinds and lengths: those of link memory lie in the same places. */
export function isRightFor(
  { fixed }: Layout,
  { arrays, out = [] }: Arrays,
  memory: LinkMemory
): boolean {
  const count = arrays.length;
  return (
    fixed.length === count + out.length &&
    arrays.every((data, k) => offsetIn(memory, data) === fixed[k]) &&
    out.every((data, k) => offsetIn(memory, data) === fixed[count + k])
  );
}

function offsetIn(memory: LinkMemory, data: LeafData): number | undefined {
  return memory.holds(data) ? data.byteOffset : undefined;
}

/** A place of a block that begins at `block`. */
export function placeAt(block: number, [kind, offset, length]: Place): Place {
  return [kind, block + offset, length];
}
