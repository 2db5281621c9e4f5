/** What the program of a simulated rank is given. */
import type { Collectives } from '../communicator/collectives.js';
import type { Topology } from '../graph/topology.js';

/** The operations of an engine, and simulated time. */
export interface SimulatedRank extends Collectives<Topology> {
  /** The simulated time of this rank, in ms: what its computing and its calls have taken so far. */
  now(): number;

  /** Lets so much simulated time pass for computing, in ms. @throws VALUE_INVALID for a time that is no finite number >= 0 */
  compute(ms: number): void;

  /** Lets as much simulated time pass as `work` really takes here, which is not the same in every run. @returns its result */
  compute<R>(work: () => R): R;
}
