/** Which ranks share a machine: equally many on each, numbered through machine after machine. */
import { DecentLabError } from '../../errors.js';

/** The place of one rank. */
export class Machines {
  /** How many machines there are. */
  readonly count: number;
  /** The machine of this rank. */
  readonly machine: number;
  /** How many ranks share a machine. */
  readonly localSize: number;
  /** The number of this rank on its machine. */
  readonly localRank: number;

  /** @throws VALUE_INVALID for a number of ranks a machine that does not divide `size` */
  constructor(rank: number, size: number, nodesPerMachine: number = size) {
    assertDivides(nodesPerMachine, size);
    this.localSize = nodesPerMachine;
    this.count = size / nodesPerMachine;
    this.localRank = rank % nodesPerMachine;
    this.machine = (rank - this.localRank) / nodesPerMachine;
  }

  /** The ranks on a machine, ascending; the first speaks for it. */
  ranksOf(machine: number): number[] {
    return Array.from({ length: this.localSize }, (_, k) => machine * this.localSize + k);
  }
}

/** @throws VALUE_INVALID unless `nodesPerMachine` is a whole number that divides `size` */
export function assertDivides(nodesPerMachine: number, size: number): void {
  if (nodesPerMachine >= 1 && Number.isInteger(nodesPerMachine) && size % nodesPerMachine === 0)
    return;
  const divisors = Array.from({ length: size }, (_, k) => k + 1).filter(d => size % d === 0);
  throw new DecentLabError('VALUE_INVALID', {
    what: 'nodesPerMachine',
    expected: `a whole number that divides ${size}, the number of ranks (${divisors.join(', ')})`,
    received: nodesPerMachine
  });
}
