/** The options of the operations beyond those that algorithms need: gathers, machines, pairs. */
import type { CallOptions, WeightsByRank } from './communicator.js';
import type { OutOption } from './out.js';

/** With neither of the two, the neighbours are those of the topology. */
export interface NeighborAllgatherOptions extends CallOptions {
  /** The ranks to receive from, in the order of the result. Given together with `dstRanks`. */
  srcRanks?: readonly number[];
  /** The ranks to send to. */
  dstRanks?: readonly number[];
  /** Checks that the ranks agree on who sends to whom. Defaults to true. */
  enableTopoCheck?: boolean;
}

/** Weights by machine; all three, or none for those of the machine topology. */
export interface HierarchicalOptions extends CallOptions, OutOption {
  /** The weight of the own machine's average. */
  selfWeight?: number;
  /** By source machine. */
  srcMachineWeights?: WeightsByRank;
  /** Machines to send to, or scale factors by destination machine. */
  dstMachineWeights?: readonly number[] | WeightsByRank;
  /** Checks that the machines agree on who sends to whom. Defaults to true. */
  enableTopoCheck?: boolean;
}

/** x_i⁺ = selfWeight · x_i + pairWeight · x_target. */
export interface PairGossipOptions extends CallOptions, OutOption {
  /** Defaults to 1/2. Given together with `pairWeight`. */
  selfWeight?: number;
  /** Defaults to 1/2. */
  pairWeight?: number;
  /** Checks that both ranks have named each other, for which all ranks must make the call. Defaults to true. */
  enableTopoCheck?: boolean;
}

/** Of a topology. */
export interface SetTopologyOptions {
  /** Whether its W is used, or 1/(k + 1) for a rank and each of its k in-neighbours. Defaults to true. */
  isWeighted?: boolean;
}
