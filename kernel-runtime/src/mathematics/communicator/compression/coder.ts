/** The way from a value to what travels, and back. */
import type { Specs } from '../specs.js';
import type { LeafData } from '../values.js';
import { bf16Coder } from './bf16.js';
import { assertFractions, type Coder } from './compression.js';
import type { TopKMemory } from './top-k.js';

/** The arrays themselves. */
const plain: Coder = { encode: arrays => arrays, decode: (_, received) => received };

/** One call whose coder is asked for. */
export interface CodedCall {
  readonly name?: string | undefined;
  readonly rank: number;
  readonly own: readonly LeafData[];
}

/**
 * The coder of one call.
 * @param memory of this rank
 * @throws VALUE_INVALID for whole numbers
 */
export function coderOf(
  { compression, plan }: Specs['neighborAllreduce'],
  { name = '', rank, own }: CodedCall,
  memory: TopKMemory
): Coder {
  if (compression === undefined) return plain;
  assertFractions(own);
  if (compression === 'bf16') return bf16Coder(own);
  const destinations = plan.destinations.map(([to]) => to);
  return memory.coder(compression, { name, rank, own, destinations });
}
