/** The I/O thread as the thread of the cells sees it: hands calls over, in link memory, and hears what came of them. */
import { MessageChannel } from 'node:worker_threads';

import type { PackedTopology } from '../../mathematics/graph/packed.js';
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Crossing, EndedCall, Results, ToldCall } from './crossing.js';
import type { CallGiven } from './entrance.js';
import { isRightFor, layoutOf, placeAt, type Arrays, type Layout } from './layout.js';
import { LinkArrays } from './link-arrays.js';
import { createMemory, LinkMemory, type Place } from './link-memory.js';
import type { LinkService, LinkServiceOptions } from './link-service.js';
import { errorOf, Remote } from './remote.js';
import { StagingBlocks, type StagedCall } from './staged.js';
import type { Settle } from './settle.js';
import { Templates } from './templates.js';
import { ToldCells } from './told-cells.js';
import type { CommunicatorEvent, LinkOptions } from './types.js';

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

/** The arrays of one call, and where they stop. */
export interface CallArrays extends Arrays {
  /** The stops of its values, which the links leave when they have done with the call. */
  readonly staging?: StagedCall | undefined;
}

/** A call on its way. */
interface Pending {
  readonly arrays: readonly LeafData[];
  readonly out: readonly LeafData[] | undefined;
  readonly layout: Layout;
  /** Where the layout lies. */
  readonly block: number | undefined;
  readonly staging: StagedCall | undefined;
  readonly settle: Settle<readonly LeafData[]>;
}

export class LinkThread {
  readonly remote: Remote<LinkService, CommunicatorEvent>;
  /** The part of link memory that this thread hands out. */
  readonly memory: LinkMemory;
  readonly linkArrays: LinkArrays;
  readonly staging: StagingBlocks;
  readonly cells: ToldCells;
  readonly #templates = new Templates();
  /** By number: the I/O thread reads or writes their memory, which must not be collected meanwhile. */
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  constructor({ report, startLinks, ...options }: LinkThreadOptions) {
    const { port1, port2 } = new MessageChannel();
    const memory = createMemory();
    this.memory = new LinkMemory(memory);
    this.linkArrays = new LinkArrays(this.memory);
    this.staging = new StagingBlocks(this.memory);
    this.remote = new Remote(port1, report, results => this.#hear(results as Results));
    this.cells = new ToldCells(this.remote);
    startLinks({ ...pick(options), port: port2, memory });
  }

  /**
   * Runs a program on arrays, which may change as soon as this has returned; those of link memory after the call's end.
   * @param settle hears of new arrays, or those of `out`; or of the error of the call
   * @throws LINK_MEMORY_FULL
   */
  run(given: CallGiven, value: CallArrays, settle: Settle<readonly LeafData[]>): void {
    const { arrays, out, staging } = value;
    this.cells.involve();
    const found = this.#templates.find(given);
    const known = found && isRightFor(found.layout, value, this.memory) ? found : undefined;
    const layout = known?.layout ?? layoutOf(given.program, value, this.memory);
    const block = layout.bytes === 0 ? undefined : this.memory.allocate(layout.bytes);
    arrays.forEach((data, k) => {
      const place = layout.arrays[k];
      if (place) this.memory.view(placeAt(block!, place)).set(data);
    });
    const call = ++this.#calls;
    if (known) this.remote.hand([call, known.id, given.epoch, block ?? 0] satisfies Crossing);
    else this.#tell(call, given, { arrays, out, layout, block });
    staging?.enter();
    this.#pending.set(call, { arrays, out, layout, block, staging, settle });
  }

  /** A call of a new kind. */
  #tell(call: number, given: CallGiven, { arrays, out, layout, block = 0 }: Placed): void {
    const template = this.#templates.add(given, layout);
    const placed = (place: Place | undefined, data: LeafData | undefined): Place | undefined =>
      place ? placeAt(block, place) : data && this.memory.placeOf(data);
    const told: ToldCall = {
      call,
      given,
      places: layout.arrays.map((place, k) => placed(place, arrays[k])!),
      results: layout.results?.map((place, k) => placed(place, out?.[k])),
      ...(template ? { template } : {})
    };
    this.remote.hand([told] satisfies Crossing);
  }

  #hear(results: Results): void {
    const read: number[] = [];
    for (const item of results) {
      if (typeof item === 'number') this.#end({ call: item, isHeld: false }, read);
      else if ('released' in item) this.#release(item.released);
      else this.#end(item, read);
    }
    if (read.length > 0) this.remote.tell('free', read);
  }

  /** @param read collects the blocks of the I/O thread that results were copied from */
  #end({ call, arrays, failure, isHeld }: EndedCall, read: number[]): void {
    const pending = this.#pending.get(call)!;
    if (failure) pending.settle.reject(errorOf(failure));
    else pending.settle.resolve(this.#fetch(pending, arrays, read));
    if (!isHeld) this.#release(call);
  }

  /** Copies a result to where it is wanted. */
  #fetch({ out, layout, block }: Pending, arrays: EndedCall['arrays'], read: number[]): LeafData[] {
    const results: LeafData[] = [];
    const count = (arrays ?? layout.results ?? []).length;
    for (let k = 0; k < count; k++) {
      const data = arrays?.[k];
      if (data && ArrayBuffer.isView(data)) {
        results.push(data);
        continue;
      }
      if (data) read.push(data[1]);
      const place = data ?? inBlock(block, layout.results?.[k]);
      results.push(place ? copyTo(out?.[k], this.memory.view(place)) : out![k]);
    }
    return results;
  }

  #release(call: number): void {
    const { block, staging } = this.#pending.get(call) ?? {};
    if (block !== undefined) this.memory.free(block);
    staging?.leave();
    this.#pending.delete(call);
  }
}

type Placed = Pick<Pending, 'arrays' | 'out' | 'layout' | 'block'>;

function inBlock(block: number | undefined, place: Place | undefined): Place | undefined {
  return place && placeAt(block!, place);
}

/** Copies an array; without a target, to new memory. */
function copyTo(target: LeafData | undefined, data: LeafData): LeafData {
  if (!target) return data.slice();
  target.set(data);
  return target;
}

/** Nothing else crosses to the thread. */
function pick(options: LinkOptions): LinkOptions {
  const { rank, size, token, folder, host, epoch, heartbeat, shape } = options;
  return { rank, size, token, folder, host, epoch, heartbeat, shape };
}
