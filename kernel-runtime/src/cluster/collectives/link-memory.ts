/**
 * Link memory: one shared WebAssembly memory an engine, so that both threads see the arrays of a call and nothing is
 * copied between them. Each thread hands out blocks of what it has grown the memory by; freed blocks are used again.
 */
import { DecentLabError } from '../../errors.js';
import type { DType, LeafData } from '../../mathematics/communicator/values.js';
import { sumsIn, type Sums } from '../../mathematics/math/sums.js';

/** An array in link memory: its kind, the byte where it begins, and its length in numbers. */
export type Place = readonly [kind: DType, offset: number, length: number];

/** A stretch of free bytes. */
interface Gap {
  offset: number;
  bytes: number;
}

const PAGE_BYTES = 1 << 16;
/** What 32-bit addresses reach: 4 GiB. */
const MOST_PAGES = 1 << 16;
/** Arrays begin at multiples of this: a line of the processor's cache. */
const ALIGNMENT = 64;
/** Small blocks do not make the memory grow one by one. */
const LEAST_GROWTH_BYTES = 1 << 18;

const kinds = { float64: Float64Array, float32: Float32Array, int32: Int32Array };

/** The memory that both threads of an engine share: nothing of it is touched yet. */
export function createMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
}

/** Bytes of an array in link memory, up to where the next one may begin. */
export function spaceOf({ byteLength }: LeafData): number {
  return Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
}

/** The same for an array yet to be made, at least one line. */
export function spaceOfLength(kind: DType, length: number): number {
  const bytes = length * kinds[kind].BYTES_PER_ELEMENT;
  return Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
}

/** The type of the numbers of an array. */
export function kindOf(data: LeafData): DType {
  if (data instanceof Float64Array) return 'float64';
  return data instanceof Float32Array ? 'float32' : 'int32';
}

/** What one thread hands out of the memory. */
export class LinkMemory {
  readonly memory: WebAssembly.Memory;
  /** By offset, ascending; no two touch. */
  readonly #gaps: Gap[] = [];
  readonly #used = new Map<number, number>();
  /** Growing makes a new buffer over the same bytes. */
  readonly #buffers = new WeakSet<object>();
  #sums: Sums | undefined;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /** Bytes that are handed out now. */
  get used(): number {
    return [...this.#used.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /**
   * The offset of a free block: the first that is large enough, so that the same bytes serve again and again.
   * @param bytes a multiple of 64, above 0
   * @throws LINK_MEMORY_FULL beyond 4 GiB, or if the machine has no more memory
   */
  allocate(bytes: number): number {
    const gap = this.#gaps.find(({ bytes: free }) => free >= bytes) ?? this.#grow(bytes);
    const { offset } = gap;
    gap.offset += bytes;
    gap.bytes -= bytes;
    if (gap.bytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#used.set(offset, bytes);
    return offset;
  }

  /** Takes back a block that `allocate` handed out. */
  free(offset: number): void {
    const bytes = this.#used.get(offset);
    if (bytes === undefined) return;
    this.#used.delete(offset);
    // Where calls follow one another, the block lies in front of the gap that it was taken from.
    const [first] = this.#gaps;
    if (first?.offset === offset + bytes) {
      first.offset = offset;
      first.bytes += bytes;
    } else this.#insert({ offset, bytes });
  }

  /** Bytes at an offset. */
  bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer(offset + length), offset, length);
  }

  /** Weighted sums of arrays that lie here. */
  get sums(): Sums {
    return (this.#sums ??= sumsIn(this.memory, ({ buffer }) => this.#buffers.has(buffer)));
  }

  /** The array at a place. */
  view([kind, offset, length]: Place): LeafData {
    const end = offset + length * kinds[kind].BYTES_PER_ELEMENT;
    const Kind: new (buffer: ArrayBufferLike, offset: number, length: number) => LeafData =
      kinds[kind];
    return new Kind(this.#buffer(end), offset, length);
  }

  /** Where an array of link memory lies; undefined for one that lies elsewhere. */
  placeOf(data: LeafData): Place | undefined {
    return this.holds(data) ? [kindOf(data), data.byteOffset, data.length] : undefined;
  }

  /** Whether an array lies here. */
  holds({ buffer }: LeafData): boolean {
    return this.#buffers.has(buffer);
  }

  /** The buffer as it is now; the other thread may have grown it. */
  #buffer(end: number): ArrayBufferLike {
    if (this.memory.buffer.byteLength < end) this.memory.grow(0);
    const { buffer } = this.memory;
    this.#buffers.add(buffer);
    return buffer;
  }

  #grow(bytes: number): Gap {
    const pages = Math.ceil(Math.max(bytes, LEAST_GROWTH_BYTES) / PAGE_BYTES);
    let before: number;
    try {
      before = this.memory.grow(pages);
    } catch {
      throw new DecentLabError('LINK_MEMORY_FULL', { bytes, used: this.used });
    }
    return this.#insert({ offset: before * PAGE_BYTES, bytes: pages * PAGE_BYTES });
  }

  /** Adds free bytes and joins them with the gaps that they touch; the gap that they are in then. */
  #insert(gap: Gap): Gap {
    const gaps = this.#gaps;
    const next = gaps.findIndex(({ offset }) => offset > gap.offset);
    const k = next < 0 ? gaps.length : next;
    gaps.splice(k, 0, gap);
    if (k + 1 < gaps.length && gap.offset + gap.bytes === gaps[k + 1].offset) {
      gap.bytes += gaps.splice(k + 1, 1)[0].bytes;
    }
    const before = gaps[k - 1] as Gap | undefined;
    if (before === undefined || before.offset + before.bytes !== gap.offset) return gap;
    before.bytes += gap.bytes;
    gaps.splice(k, 1);
    return before;
  }
}
