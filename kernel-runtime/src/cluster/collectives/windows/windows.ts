/** The windows of one engine, beside its sockets: brings the messages of peers to them and theirs to peers. */
import { WindowHost } from '../../../mathematics/communicator/windows/host.js';
import type { WindowMessage } from '../../../mathematics/communicator/windows/messages.js';
import type { Follower, Mesh } from '../mesh.js';
import type { PendingCall } from '../types.js';
import { WindowTraffic } from './traffic.js';
import { packMessage, unpackMessage, type Packed } from './wire.js';

export interface EngineWindowsOptions {
  readonly rank: number;
  /** The epoch that the process began in: after the first one, it has replaced another process. */
  readonly epoch?: number;
}

export class EngineWindows implements Follower {
  readonly host: WindowHost;
  readonly #traffic: WindowTraffic;
  readonly #mesh: Mesh;

  constructor(mesh: Mesh, { rank, epoch = 0 }: EngineWindowsOptions) {
    this.#mesh = mesh;
    this.#traffic = new WindowTraffic(mesh.counters);
    const send = (to: number, message: WindowMessage): void => {
      this.#traffic.sent(to, message);
      mesh.signal(to, packMessage(message));
    };
    this.host = new WindowHost({ rank, peers: { send }, isReplaced: epoch > 0 });
    mesh.follow(this);
  }

  onSignal(from: number, packed: Packed): void {
    const message = unpackMessage(packed);
    this.#traffic.received(from, message);
    this.host.receive(from, message);
  }

  onEpoch(error: Error, lost: readonly number[]): boolean {
    const heard = this.host.interrupt(error);
    this.host.setLost(lost, this.#mesh.members);
    this.#traffic.forget(lost);
    return heard;
  }

  onLost(rank: number): void {
    this.host.loseRank(rank);
    this.#traffic.forget([rank]);
  }

  /** The calls that wait, oldest first. */
  pending(): PendingCall[] {
    return this.host
      .pending()
      .map(({ op, window, on, since }) => ({ op, name: window, on: [...on], since }));
  }
}
