/**
 * Stops in link memory for the values of devices, so that they go from the device to the links and back without a copy in
 * between. Blocks are pages of their own: once pinned they stay so, and serve one call after the other.
 */
import type { Pin, Staging } from '../../mathematics/communicator/staging.js';
import type { DType, LeafData } from '../../mathematics/communicator/values.js';
import { DecentLabError } from '../../errors.js';
import { kindOf, spaceOfLength, type LinkMemory } from './link-memory.js';

const PAGE_BYTES = 4096;
/** A block serves arrays down to this part of it. */
const LEAST_USE = 1 / 2;

interface Block {
  /** A multiple of the page. */
  readonly offset: number;
  readonly bytes: number;
  isPinned: boolean;
}

interface Taken {
  readonly block: Block;
  readonly pin: Pin | undefined;
}

/** Pinned pages must stay mapped until the process ends, even if nothing else refers to their memory. */
const pinned = new Set<WebAssembly.Memory>();

/** The blocks of one rank. */
export class StagingBlocks {
  readonly #memory: LinkMemory;
  readonly #free: Block[] = [];

  constructor(memory: LinkMemory) {
    this.#memory = memory;
  }

  /** The stops of a call that begins now. */
  open(): StagedCall {
    return new StagedCall(this, this.#memory);
  }

  /** The smallest free block that fits, or a new one; undefined where link memory is full. */
  take(bytes: number, pin?: Pin): Block | undefined {
    const fits = (block: Block): boolean =>
      block.bytes >= bytes && bytes >= block.bytes * LEAST_USE;
    const [found] = this.#free.filter(fits).sort((a, b) => a.bytes - b.bytes);
    const block = found ?? this.#create(bytes);
    if (found) this.#free.splice(this.#free.indexOf(found), 1);
    if (block && pin && !block.isPinned && pin(this.#memory.bytes(block.offset, block.bytes))) {
      block.isPinned = true;
      pinned.add(this.#memory.memory);
    }
    return block;
  }

  /** Takes back a block that nobody uses any more. */
  give(block: Block): void {
    this.#free.push(block);
  }

  #create(least: number): Block | undefined {
    const bytes = Math.ceil(least / PAGE_BYTES) * PAGE_BYTES;
    try {
      const offset = this.#memory.allocate(bytes + PAGE_BYTES);
      return { offset: Math.ceil(offset / PAGE_BYTES) * PAGE_BYTES, bytes, isPinned: false };
    } catch (error) {
      if (error instanceof DecentLabError) return undefined;
      throw error;
    }
  }
}

/** The stops of one call: given back once the caller, the links and all devices have done with them. */
export class StagedCall implements Staging {
  readonly #blocks: StagingBlocks;
  readonly #memory: LinkMemory;
  /** Made when it is needed: most calls stop nowhere. */
  #taken: Map<LeafData, Taken> | undefined;
  /** The caller, to begin with. */
  #users = 1;

  constructor(blocks: StagingBlocks, memory: LinkMemory) {
    this.#blocks = blocks;
    this.#memory = memory;
  }

  take(dtype: DType, length: number, pin?: Pin): LeafData | undefined {
    const block = this.#blocks.take(spaceOfLength(dtype, length), pin);
    if (!block) return undefined;
    const array = this.#memory.view([dtype, block.offset, length]);
    (this.#taken ??= new Map()).set(array, { block, pin });
    return array;
  }

  like(array: LeafData): LeafData | undefined {
    const taken = this.#taken?.get(array);
    return taken && this.take(kindOf(array), array.length, taken.pin);
  }

  has(array: LeafData): boolean {
    return this.#taken?.has(array) ?? false;
  }

  until(end: Promise<unknown>): void {
    const leave = (): void => this.leave();
    this.enter();
    end.then(leave, leave);
  }

  /** One more reads or writes the arrays. */
  enter(): void {
    this.#users += 1;
  }

  /** One has done with them. */
  leave(): void {
    this.#users -= 1;
    if (this.#users > 0 || this.#taken === undefined) return;
    for (const { block } of this.#taken.values()) this.#blocks.give(block);
    this.#taken = undefined;
  }
}
