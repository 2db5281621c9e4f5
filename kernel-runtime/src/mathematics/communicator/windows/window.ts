/** The memory of one window on one rank, and the rules by which it changes. No input or output. */
import { combine } from '../combine.js';
import type { LeafData } from '../values.js';
import type { Neighbourhood } from '../weights.js';
import { FairMutex, type Ticket } from './mutex.js';

export type Arrays = readonly LeafData[];

/** What travels: the arrays of a value, and the weight p with them where it is counted. */
export interface Load {
  readonly datas: Arrays;
  readonly p?: number | undefined;
}

export interface WindowMaking {
  readonly name: string;
  /** Tells this window from an earlier one of the same name; equal on all ranks. */
  readonly creation: string;
  /** Structure, types and shapes in words. */
  readonly signature: string;
  readonly datas: Arrays;
  readonly near: Neighbourhood;
  readonly zeroInit: boolean;
}

export interface Sum {
  readonly selfWeight: number;
  /** By in-neighbour, ascending. */
  readonly weights: readonly (readonly [rank: number, weight: number])[];
  readonly reset: boolean;
  readonly clone: boolean;
  /** Whether p is summed as the value is. */
  readonly countsP: boolean;
}

/** Someone who waits for a write. */
export type ArrivalWait = Pick<Ticket, 'granted' | 'refused'>;

/** What one in-neighbour has written. */
interface Slot {
  readonly datas: LeafData[];
  p: number;
  /** Writes since it was last read. */
  version: number;
}

export class Window {
  readonly name: string;
  readonly creation: string;
  readonly signature: string;
  readonly near: Neighbourhood;
  readonly mutex = new FairMutex();
  readonly slots: ReadonlyMap<number, Slot>;
  /** The own value. Its arrays are replaced and never written, so that they may be on their way. */
  #own: Arrays;
  #p = 1;
  #waiting: ArrivalWait[] = [];

  constructor({ name, creation, signature, datas, near, zeroInit }: WindowMaking) {
    this.name = name;
    this.creation = creation;
    this.signature = signature;
    this.near = near;
    this.#own = datas.map(data => data.slice());
    const slot = (): Slot => {
      const begin = datas.map(data => (zeroInit ? zerosLike(data) : data.slice()));
      return { datas: begin, p: 0, version: 0 };
    };
    this.slots = new Map(Array.from(near.sources, rank => [rank, slot()]));
  }

  get own(): Arrays {
    return this.#own;
  }

  /** Whether a slot holds what was not read yet. */
  get isUnread(): boolean {
    return [...this.slots.values()].some(({ version }) => version > 0);
  }

  get p(): number {
    return this.#p;
  }

  /**
   * x leaves in shares, in one instant: own value ← selfWeight · x, and p likewise. Returns factor · x and factor · p for
   * each factor; their arrays are nobody else's to write, as those of the own value.
   */
  divide(
    datas: Arrays,
    selfWeight: number,
    { factors, countsP }: { factors: readonly number[]; countsP: boolean }
  ): Map<number, Load> {
    const distinct = [...new Set([selfWeight, ...factors])];
    const shares = new Map(
      distinct.map((factor): [number, Load] => {
        const p = countsP ? factor * this.#p : undefined;
        return [factor, { datas: scaled(datas, factor), p }];
      })
    );
    const own = shares.get(selfWeight)!;
    this.#own = own.datas;
    this.#p = own.p ?? this.#p;
    return shares;
  }

  /** Whether arrays of these types and lengths fit into a slot. */
  fits(datas: Arrays): boolean {
    return (
      datas.length === this.#own.length &&
      this.#own.every(
        (own, l) => own.length === datas[l].length && own.constructor === datas[l].constructor
      )
    );
  }

  /** Slot ← load. */
  put(from: number, { datas, p }: Load): void {
    const slot = this.slots.get(from)!;
    slot.datas.forEach((data, l) => data.set(datas[l]));
    slot.p = p ?? slot.p;
    this.#written(slot);
  }

  /** Slot ← slot + load. */
  accumulate(from: number, { datas, p }: Load): void {
    const slot = this.slots.get(from)!;
    slot.datas.forEach((data, l) => addTo(data, datas[l]));
    slot.p += p ?? 0;
    this.#written(slot);
  }

  /** Slot ← factor · value, as `put` without p. */
  fetch(from: number, datas: Arrays, factor: number): void {
    this.put(from, { datas: scaled(datas, factor) });
  }

  /** selfWeight · own + Σ_j weight_j · slot_j in the order of every partial averaging, and the same for p. */
  update({ selfWeight, weights, reset, clone, countsP }: Sum): Arrays {
    const read = weights.map(([rank, weight]) => ({ weight, slot: this.slots.get(rank)! }));
    const counted = read.filter(({ weight }) => weight !== 0);
    const sum = this.#own.map((data, l) =>
      combine(
        { weight: selfWeight, data },
        counted.map(({ weight, slot }) => ({ weight, data: slot.datas[l] }))
      )
    );
    if (countsP && !clone) {
      const parts = counted.map(({ weight, slot }) => ({ weight, data: Float64Array.of(slot.p) }));
      [this.#p] = combine({ weight: selfWeight, data: Float64Array.of(this.#p) }, parts);
    }
    if (!clone) this.#own = sum;
    for (const { slot } of read) {
      slot.version = 0;
      if (!reset) continue;
      for (const data of slot.datas) data.fill(0);
      if (countsP) slot.p = 0;
    }
    return sum;
  }

  /** Writes since the last read, by in-neighbour. */
  versions(): Record<number, number> {
    return Object.fromEntries([...this.slots].map(([rank, { version }]) => [rank, version]));
  }

  /** Tells the next write; at once if a slot waits to be read. */
  awaitArrival(wait: ArrivalWait): void {
    if (this.isUnread) wait.granted();
    else this.#waiting.push(wait);
  }

  /** The window is freed: whoever waits for it waits in vain. */
  close(): void {
    this.mutex.close();
    for (const { refused } of this.#waiting.splice(0)) refused();
  }

  #written(slot: Slot): void {
    slot.version += 1;
    for (const { granted } of this.#waiting.splice(0)) granted();
  }
}

function scaled(datas: Arrays, factor: number): LeafData[] {
  return datas.map(data => (factor === 1 ? data.slice() : combine({ weight: factor, data }, [])));
}

function zerosLike(data: LeafData): LeafData {
  return data.slice().fill(0);
}

function addTo(sum: LeafData, data: LeafData): void {
  for (let i = 0; i < sum.length; i++) sum[i] += data[i];
}
