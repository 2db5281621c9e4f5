/** The I/O thread as the thread of the cells sees it: hands calls over, in link memory, and hears what came of them. */
import { MessageChannel } from 'node:worker_threads';

import type { PackedTopology } from '../../mathematics/graph/packed.js';
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { CallGiven } from './entrance.js';
import { createMemory, kindOf, LinkMemory, spaceOf, type Place } from './link-memory.js';
import type { LinkService, LinkServiceOptions } from './link-service.js';
import { Remote } from './remote.js';
import type { CommunicatorEvent, LinkOptions } from './types.js';

export interface LinkThreadOptions extends LinkOptions {
  /** The topology to begin with. Defaults to the exponential graph of base 2. */
  readonly topology?: PackedTopology | null;
  /** The name of the topology to begin with, if `topology` is not given. */
  readonly topologyName?: string | undefined;
  report(event: CommunicatorEvent): void;
  /** Has `serveLinks` run with these options: in a thread of its own, or, in tests, in this one. */
  startLinks(options: LinkServiceOptions): void;
}

export class LinkThread {
  readonly remote: Remote<LinkService, CommunicatorEvent>;
  /** The part of link memory that this thread hands out. */
  readonly memory: LinkMemory;

  constructor({ report, startLinks, ...options }: LinkThreadOptions) {
    const { port1, port2 } = new MessageChannel();
    const memory = createMemory();
    this.memory = new LinkMemory(memory);
    this.remote = new Remote(port1, report);
    startLinks({ ...pick(options), port: port2, memory });
  }

  /** Runs a program on arrays, which may change as soon as this has returned. @returns new arrays */
  async run({
    arrays,
    ...given
  }: CallGiven & { readonly arrays: readonly LeafData[] }): Promise<readonly LeafData[]> {
    const { block, places } = this.#place(arrays);
    try {
      return await this.remote.ask('run', { ...given, places });
    } finally {
      if (block !== undefined) this.memory.free(block);
    }
  }

  /** Copies arrays into one block of link memory, one behind the other. */
  #place(arrays: readonly LeafData[]): { block: number | undefined; places: Place[] } {
    const bytes = arrays.reduce((sum, data) => sum + spaceOf(data), 0);
    if (bytes === 0) return { block: undefined, places: arrays.map(data => [kindOf(data), 0, 0]) };
    const block = this.memory.allocate(bytes);
    let offset = block;
    const places = arrays.map((data): Place => {
      const place = [kindOf(data), offset, data.length] as const;
      this.memory.view(place).set(data);
      offset += spaceOf(data);
      return place;
    });
    return { block, places };
  }
}

/** Nothing else crosses to the thread. */
function pick({ rank, size, token, folder, epoch }: LinkOptions): LinkOptions {
  return { rank, size, token, folder, epoch };
}
