/** The Communicator of a real engine: exchanges with peers over websockets. */
import type {
  AllreduceOptions,
  CallOptions,
  Communicator,
  NeighborAllreduceOptions,
  Value
} from '../../mathematics/communicator/communicator.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import type { EngineCommunicatorOptions, PendingCall, Reason } from './types.js';

export declare class EngineCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  constructor(options: EngineCommunicatorOptions);
  /** Listens for peers; call it before the engine reports itself as ready. */
  listen(): Promise<void>;
  /** Rejects all pending calls with the reason; `lost` are the ranks without a process. */
  openEpoch(epoch: number, reason?: Reason | null, lost?: readonly number[]): void;
  peerLost(rank: number): void;
  peerFailed(rank: number, error: string): void;
  /** The call that has waited longest for other ranks, or null. */
  waiting(): PendingCall | null;
  beginCell(): void;
  /** The calls that the cell started and that still wait. */
  endCell(): PendingCall[];
  /** Says goodbye to all peers and ends all links. */
  close(): void;
  setTopology(topology: Topology): void;
  loadTopology(): Topology;
  inNeighborRanks(): number[];
  outNeighborRanks(): number[];
  neighborAllreduce<T extends Value>(x: T, options?: NeighborAllreduceOptions): Promise<T>;
  allreduce<T extends Value>(x: T, options?: AllreduceOptions): Promise<T>;
  broadcast<T extends Value>(x: T, rootRank: number, options?: CallOptions): Promise<T>;
  barrier(options?: CallOptions): Promise<void>;
}
