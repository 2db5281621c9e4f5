/** Where the ranks of a cluster listen for each other: sockets of the machine, or ports that engines tell. */
import { socketAddress } from '../../platform.js';
import type { Place, RankPlace } from '../net/websocket.js';

export interface AddressesOptions {
  readonly rank: number;
  /** The private folder of the cluster's sockets. */
  readonly folder: string;
  /** The address to listen on by TCP; all ranks have one, or none. Defaults to a socket of the machine. */
  readonly host?: string | undefined;
}

/** The system chooses a free port; and a dial to it fails at once. */
const NO_PORT = 0;

export class Addresses {
  readonly #options: AddressesOptions;
  readonly #told = new Map<number, Place>();

  constructor(options: AddressesOptions) {
    this.#options = options;
  }

  /** Where this rank shall listen. */
  get own(): Place {
    return this.#placeOf(this.#options.rank);
  }

  /** Where a rank is dialled. Nobody is found there before its place was learnt. */
  of(rank: number): Place {
    return this.#placeOf(rank);
  }

  /** These ranks listen there from now on; a new engine has a new port. */
  learn(places: readonly RankPlace[]): void {
    for (const { rank, host, port } of places) this.#told.set(rank, { host, port });
  }

  #placeOf(rank: number): Place {
    const { folder, host } = this.#options;
    if (host === undefined) return socketAddress(folder, `rank-${rank}`);
    return this.#told.get(rank) ?? { host, port: NO_PORT };
  }
}
