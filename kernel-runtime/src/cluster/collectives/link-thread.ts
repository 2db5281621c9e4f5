/** The I/O thread as the thread of the cells sees it: hands calls over, in link memory, and hears what came of them. */
import { MessageChannel } from 'node:worker_threads';

import type { PackedTopology } from '../../mathematics/graph/packed.js';
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { CallGiven } from './entrance.js';
import { LinkArrays } from './link-arrays.js';
import { createMemory, kindOf, LinkMemory, spaceOf, type Place } from './link-memory.js';
import type { LinkService, LinkServiceOptions } from './link-service.js';
import { Remote } from './remote.js';
import { ToldCells } from './told-cells.js';
import type { CommunicatorEvent, LinkEvent, LinkOptions } from './types.js';

export interface LinkThreadOptions extends LinkOptions {
  /** The topology to begin with. Defaults to the exponential graph of base 2. */
  readonly topology?: PackedTopology | null;
  /** The name of the topology to begin with, if `topology` is not given. */
  readonly topologyName?: string | undefined;
  /** How many ranks count as one machine. Defaults to all. */
  readonly nodesPerMachine?: number | undefined;
  report(event: CommunicatorEvent): void;
  /** Has `serveLinks` run with these options: in a thread of its own, or, in tests, in this one. */
  startLinks(options: LinkServiceOptions): void;
}

/** The arrays of one call, and where its result goes, if the caller has said so. */
export interface Arrays {
  readonly arrays: readonly LeafData[];
  readonly out?: readonly LeafData[] | undefined;
}

export class LinkThread {
  readonly remote: Remote<LinkService, LinkEvent>;
  /** The part of link memory that this thread hands out. */
  readonly memory: LinkMemory;
  readonly linkArrays: LinkArrays;
  readonly cells: ToldCells;
  /** What the I/O thread reads or writes for a call: its block, and arrays that must not be collected meanwhile. */
  readonly #inUse = new Map<number, Arrays & { readonly block: number | undefined }>();
  #calls = 0;

  constructor({ report, startLinks, ...options }: LinkThreadOptions) {
    const { port1, port2 } = new MessageChannel();
    const memory = createMemory();
    this.memory = new LinkMemory(memory);
    this.linkArrays = new LinkArrays(this.memory);
    this.remote = new Remote(port1, event => {
      if (event.type === 'released') this.#release(event.call);
      else report(event);
    });
    this.cells = new ToldCells(this.remote);
    startLinks({ ...pick(options), port: port2, memory });
  }

  /**
   * Runs a program on arrays. Those outside of link memory may change as soon as this has returned.
   * @returns new arrays, or those of `out` where they lie in link memory
   */
  async run({ arrays, out, ...given }: CallGiven & Arrays): Promise<LeafData[]> {
    this.cells.involve();
    const { block, places } = this.#place(arrays);
    const call = ++this.#calls;
    this.#inUse.set(call, { arrays, out, block });
    const outs = out?.map(data => this.memory.placeOf(data));
    const result = await this.remote.ask('run', { ...given, call, places, outs });
    if (!result.isHeld) this.#release(call);
    return result.arrays.map((data, k) => data ?? out![k]);
  }

  #release(call: number): void {
    const block = this.#inUse.get(call)?.block;
    if (block !== undefined) this.memory.free(block);
    this.#inUse.delete(call);
  }

  /** Copies arrays into one block of link memory, one behind the other; those that lie there stay where they are. */
  #place(arrays: readonly LeafData[]): { block: number | undefined; places: Place[] } {
    const lying = arrays.map(data => this.memory.placeOf(data));
    const bytes = arrays.reduce((sum, data, k) => sum + (lying[k] ? 0 : spaceOf(data)), 0);
    const block = bytes === 0 ? undefined : this.memory.allocate(bytes);
    let offset = block ?? 0;
    const places = arrays.map((data, k): Place => {
      if (lying[k]) return lying[k];
      const place = [kindOf(data), offset, data.length] as const;
      this.memory.view(place).set(data);
      offset += spaceOf(data);
      return place;
    });
    return { block, places };
  }
}

/** Nothing else crosses to the thread. */
function pick(options: LinkOptions): LinkOptions {
  const { rank, size, token, folder, host, epoch, heartbeat, shape } = options;
  return { rank, size, token, folder, host, epoch, heartbeat, shape };
}
