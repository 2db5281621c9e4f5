/** The link memory that one call takes beside the sockets, until nothing reads or writes it any more. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import { DecentLabError } from '../../errors.js';
import type { Lent } from './lent.js';
import type { LinkMemory } from './link-memory.js';
import type { Exchange } from './program.js';
import { EAGER_BYTES } from '../net/links/sizes.js';
import { alignedBytes, arraysIn, kindOf, payloadBytes, type ArrayWords } from './words.js';

export class CallRoom {
  readonly #memory: LinkMemory;
  readonly #lent: Lent;
  readonly #blocks: Uint8Array[] = [];
  readonly #results: Uint8Array[] = [];
  readonly #landings = new Set<Promise<void>>();
  readonly #failing: (() => void)[] = [];
  #isOver = false;

  constructor(memory: LinkMemory, lent: Lent) {
    this.#memory = memory;
    this.#lent = lent;
  }

  /** So many bytes for the time of the call. */
  bytes(length: number): Uint8Array {
    const block = this.#take(length);
    this.#blocks.push(block);
    return block;
  }

  /** Arrays for the time of the call. */
  arrays(words: readonly ArrayWords[]): LeafData[] {
    return arraysIn(this.bytes(payloadBytes({ arrays: words })), { arrays: words });
  }

  /** Arrays that may be the result of the call: those that the caller wants to be written, or new ones. */
  results(words: readonly ArrayWords[], wanted: Exchange['results'] = []): LeafData[] {
    const missing = words.filter((_, k) => !wanted[k]);
    if (missing.length === 0) return [...(wanted as LeafData[])];
    const block = this.#take(payloadBytes({ arrays: missing }));
    this.#results.push(block);
    const made = arraysIn(block, { arrays: missing });
    return words.map((_, k) => wanted[k] ?? made.shift()!);
  }

  /** An array of the type of another that may be the result of the call: new memory if it is small. */
  readonly result = (like: LeafData, length: number): LeafData => {
    const words = [kindOf(like), length] as const;
    if (length * like.BYTES_PER_ELEMENT > EAGER_BYTES) return this.results([words])[0];
    return arraysIn(new Uint8Array(length * like.BYTES_PER_ELEMENT), { arrays: [words] })[0];
  };

  /** The call has failed: nothing may be written to its memory that is not written already. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Is called if the call fails. */
  ifFailed(abandon: () => void): void {
    this.#failing.push(abandon);
  }

  /** Memory of the call is written until the function that this returns is called. */
  writing(): () => void {
    let end = (): void => undefined;
    const landing = new Promise<void>(resolve => (end = resolve));
    this.#landings.add(landing);
    void landing.then(() => this.#landings.delete(landing));
    return end;
  }

  /** The call has ended well: its results go to the caller, the rest is given back. */
  async close(): Promise<void> {
    await this.#quiet(this.#blocks);
    this.#free(this.#blocks);
  }

  /** The call has failed: nothing of it is kept. */
  async discard(): Promise<void> {
    this.#isOver = true;
    for (const abandon of this.#failing) abandon();
    this.#blocks.push(...this.#results.splice(0));
    await this.close();
  }

  async #quiet(blocks: readonly Uint8Array[]): Promise<void> {
    while (this.#landings.size > 0) await Promise.all(this.#landings);
    await this.#lent.settle(blocks);
  }

  #free(blocks: Uint8Array[]): void {
    for (const block of blocks.splice(0))
      if (block.buffer instanceof SharedArrayBuffer) this.#memory.free(block.byteOffset);
  }

  /** In link memory; elsewhere if that is full, where sums take longer. */
  #take(length: number): Uint8Array {
    try {
      const offset = this.#memory.allocate(alignedBytes(Math.max(1, length)));
      return this.#memory.bytes(offset, length);
    } catch (error) {
      if (!(error instanceof DecentLabError)) throw error;
      return new Uint8Array(length);
    }
  }
}

/** Runs a call that takes link memory. */
export async function inRoom(
  { memory, caller, hold }: Exchange,
  work: (room: CallRoom) => Promise<readonly LeafData[]>
): Promise<readonly LeafData[]> {
  const room = new CallRoom(memory, caller.mesh.lent);
  try {
    const results = await work(room);
    void room.close();
    return results;
  } catch (error) {
    hold(room.discard());
    throw error;
  }
}
