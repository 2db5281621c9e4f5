/** Whether what a message calls a topology is one. */
import type { PackedRow, PackedTopology } from '../../mathematics/graph/packed.js';
import { hasShape, isCount, isListOf, isNumber, isText, type Check } from './checks.js';

export type { PackedTopology };

export const isPackedTopology: Check<PackedTopology> = hasShape<PackedTopology>({
  name: isText,
  rows: isListOf(
    hasShape<PackedRow>({
      selfWeight: isNumber,
      sources: isListOf(isCount),
      weights: isListOf(isNumber)
    })
  )
});
