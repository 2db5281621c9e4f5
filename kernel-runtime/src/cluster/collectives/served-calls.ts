/** The calls of cells, as the thread of the links serves them; what has ended in one turn is handed back together. */
import type { TransferListItem } from 'node:worker_threads';

import type { LeafData } from '../../mathematics/communicator/values.js';
import { atTurnsEnd } from '../net/turn.js';
import type { Crossing, Ended, EndedCall, RepeatedCall, Results, ToldCall } from './crossing.js';
import type { CallGiven, Entrance } from './entrance.js';
import { placeAt } from './layout.js';
import type { LinkMemory, Place } from './link-memory.js';
import type { Arriving } from './program.js';
import { failureOf, movable } from './remote.js';

export interface ServedCallsOptions {
  readonly entrance: Entrance;
  /** The part of link memory that this thread hands out. */
  readonly memory: LinkMemory;
  /** Hands results to the thread of the cells. */
  hand(results: Results, moved: TransferListItem[]): void;
}

/** A call that may come again. */
interface Remembered {
  readonly given: CallGiven;
  readonly arrays: readonly PlaceOf[];
  readonly results: readonly PlaceOf[];
}

/** Where an array lies if the block of its call begins there. */
type PlaceOf = (block: number) => Place;

/** One call here. */
interface Served {
  readonly call: number;
  readonly given: CallGiven;
  readonly arrays: readonly LeafData[];
  readonly results: readonly (LeafData | undefined)[] | undefined;
}

export class ServedCalls {
  readonly #options: ServedCallsOptions;
  readonly #remembered: Remembered[] = [];
  #ended: (Ended | { readonly released: number })[] = [];
  readonly #handOver = (): void => this.#hand();

  constructor(options: ServedCallsOptions) {
    this.#options = options;
  }

  /** Runs a call. */
  take(crossing: Crossing): void {
    this.#run(crossing.length === 1 ? this.#told(crossing[0]) : this.#repeated(crossing));
  }

  #told({ call, given, places, results, template }: ToldCall): Served {
    const { memory } = this.#options;
    if (template) {
      const { id, arrays: inBlock, results: resultsInBlock } = template;
      this.#remembered[id] = {
        given,
        arrays: places.map((place, k) => placeOf(inBlock[k], place)),
        results: resultsInBlock.map((place, k) => placeOf(place, results?.[k]))
      };
    }
    return {
      call,
      given,
      arrays: places.map(place => memory.view(place)),
      results: results?.map(place => place && memory.view(place))
    };
  }

  #repeated([call, template, epoch, block]: RepeatedCall): Served {
    const { memory } = this.#options;
    const { given, arrays, results } = this.#remembered[template];
    const view = (placeIn: PlaceOf): LeafData => memory.view(placeIn(block));
    return {
      call,
      given: given.epoch === epoch ? given : { ...given, epoch },
      arrays: arrays.map(view),
      results: results.map(view)
    };
  }

  #run(served: Served): void {
    const { entrance, memory } = this.#options;
    const { given, arrays, results } = served;
    const holds = new Holds();
    const hold = (until: Promise<unknown>): void => holds.add(until);
    const fail = (error: unknown): void => this.#fail(served, holds, error);
    let arriving: Arriving;
    try {
      arriving = entrance.run(given, { arrays, results, memory, hold });
    } catch (error) {
      return fail(error);
    }
    if (!(arriving instanceof Promise)) return this.#end(served, holds, arriving);
    arriving.then(datas => this.#end(served, holds, datas), fail);
  }

  #end({ call, results }: Served, holds: Holds, datas: readonly LeafData[]): void {
    const isHeld = holds.isHeld;
    if (isHeld) void holds.settled().then(() => this.#say({ released: call }));
    const arrays = datas.map((data, k) => this.#settle(data, results?.[k]));
    const isInPlace = arrays.every(array => array === undefined);
    this.#say(isInPlace && !isHeld ? call : { call, arrays, isHeld });
  }

  /** The memory of a call that has failed may still be sent, or written. */
  #fail({ call, arrays }: Served, holds: Holds, error: unknown): void {
    const { lent } = this.#options.entrance.mesh;
    const released = (): void => this.#say({ released: call });
    void holds.settled().then(() => lent.settle(arrays).then(released));
    this.#say({ call, failure: failureOf(error), isHeld: true });
  }

  /** Copies an array to where it is wanted; what has still to be handed over. */
  #settle(data: LeafData, result: LeafData | undefined): LeafData | Place | undefined {
    if (!result) return this.#options.memory.placeOf(data) ?? alone(data);
    if (data !== result) result.set(data);
    return undefined;
  }

  #say(ended: Ended | { readonly released: number }): void {
    if (this.#ended.push(ended) === 1) atTurnsEnd(this.#handOver);
  }

  #hand(): void {
    const ended = this.#ended;
    this.#ended = [];
    const isInPlace = ended.every(item => typeof item === 'number');
    const arrays = isInPlace
      ? []
      : ended.flatMap(item => (item as Partial<EndedCall>).arrays ?? []);
    this.#options.hand(ended, arrays.length > 0 ? movable(arrays) : []);
  }
}

/** @param inBlock its place from the beginning of the block on, if it lies in one; else it lies at `fixed` */
function placeOf(inBlock: Place | undefined, fixed: Place | undefined): PlaceOf {
  return inBlock ? block => placeAt(block, inBlock) : () => fixed!;
}

/** An array that crosses takes all of its buffer along. */
function alone(data: LeafData): LeafData {
  return data.byteLength < data.buffer.byteLength ? data.slice() : data;
}

/** What still reads or writes the memory of a call. */
class Holds {
  #holds: Set<Promise<unknown>> | undefined;

  get isHeld(): boolean {
    return this.#holds !== undefined && this.#holds.size > 0;
  }

  add(until: Promise<unknown>): void {
    const holds = (this.#holds ??= new Set());
    const held: Promise<unknown> = until.catch(() => undefined).then(() => holds.delete(held));
    holds.add(held);
  }

  async settled(): Promise<void> {
    while (this.isHeld) await Promise.all(this.#holds!);
  }
}
