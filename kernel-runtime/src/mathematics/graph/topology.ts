/** A topology: n nodes and the weight matrix W that acts as x⁺ = W x. Row i is the receiver i; w_ij scales what j sends to i. */
import type { Matrix } from '../math/matrix.js';

export interface Topology {
  /** The command-line name, e.g. `ring` or `symmetric-exponential`. */
  readonly name: string;
  readonly size: number;
  readonly W: Matrix;
}

/** The ranks that node i receives from, itself apart, ascending. */
export function inNeighborsOf({ W, size }: Topology, i: number): number[] {
  return ranksWhere(size, j => j !== i && W.at(i, j) !== 0);
}

/** The ranks that node i sends to, itself apart, ascending. */
export function outNeighborsOf({ W, size }: Topology, i: number): number[] {
  return ranksWhere(size, j => j !== i && W.at(j, i) !== 0);
}

function ranksWhere(size: number, isNeighbor: (j: number) => boolean): number[] {
  return Array.from({ length: size }, (_, j) => j).filter(isNeighbor);
}
