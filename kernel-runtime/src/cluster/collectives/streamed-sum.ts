/**
 * A sum that is taken while its terms arrive, in the order of the terms: each new piece of one is added to the result as
 * soon as all terms before it have got as far. So the bits are those of a sum of whole arrays, whoever arrives first.
 */
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Landing } from '../net/links/types.js';
import { CHUNK_BYTES } from '../net/links/sizes.js';
import type { Layout } from './payload-layout.js';
import { ALIGNMENT, alignedBytes, typedArray } from './words.js';

/** How the sum goes on with its t-th term, t >= 1; `sum` is the first term for t = 1. `out` may be `sum`. */
export type Step = (t: number, out: LeafData, sum: LeafData, term: LeafData) => void;

/** What is summed. */
export interface SumOptions {
  readonly layout: Layout;
  /** Where the sum goes: arrays as those of the layout. */
  readonly out: readonly LeafData[];
  /** In the order of the sum, two at least: arrays, or undefined for one that arrives. */
  readonly terms: readonly (readonly LeafData[] | undefined)[];
  readonly step: Step;
  /** Memory for what waits for its turn, as long as anything is written to a landing. */
  scratch(bytes: number): Uint8Array;
  /** Bytes that a term may be ahead of what is summed. Defaults to two chunks. */
  readonly window?: number;
}

/** A term on its way. */
interface Arriving {
  /** What has arrived and not been added lies here, at its place in the payload behind `base`, modulo the length. */
  ring: Uint8Array;
  /** Bytes of the payload. */
  base: number;
  /** From here on it lies in `rest` instead. */
  limit: number;
  rest: Uint8Array | undefined;
  extend(limit: number): void;
}

/** Enough for what one read brings, and little enough to stay in the processor's cache. */
const UNGATED_BYTES = 512 << 10;

export class StreamedSum {
  readonly #options: SumOptions;
  readonly #window: number;
  /** Bytes of each term that have arrived, in whole lines. */
  readonly #arrived: number[];
  /** Bytes up to where each term is in the sum. */
  readonly #summed: number[];
  readonly #arriving = new Map<number, Arriving>();
  #isOver = false;

  constructor(options: SumOptions) {
    const { terms, layout, window = 2 * CHUNK_BYTES } = options;
    this.#options = options;
    this.#window = alignedBytes(window);
    this.#arrived = terms.map(term => (term ? layout.bytes : 0));
    this.#summed = [...this.#arrived].fill(0);
    this.#summed[0] = this.#arrived[0];
    // Terms that are here may be the first ones.
    this.#goOn(1);
  }

  /**
   * Where the t-th term lands, and up to where it may come at first.
   * @param extend lets more of it come
   * @param isHere all of it lands at once
   */
  land(t: number, extend: Arriving['extend'], isHere = false): { landing: Landing; limit: number } {
    const { layout, scratch, out } = this.#options;
    const { bytes } = layout;
    if (t === 0)
      return { landing: this.#landing(t, offset => layout.placeIn(out, offset)), limit: bytes };
    const most = isHere ? bytes : this.#isGated(t) ? this.#window : UNGATED_BYTES;
    const ring = scratch(Math.min(alignedBytes(bytes), most));
    const limit = this.#isGated(t) ? Math.min(bytes, ring.length) : bytes;
    this.#arriving.set(t, { ring, base: 0, limit, rest: undefined, extend });
    return { landing: this.#landing(t, offset => this.#place(t, offset)), limit };
  }

  /** Lets all that is still to come of a term be kept, however long those before it take. */
  stage(t: number): void {
    const arriving = this.#arriving.get(t);
    const { bytes } = this.#options.layout;
    if (!arriving || this.#isOver || arriving.limit === bytes) return;
    arriving.rest = this.#options.scratch(alignedBytes(bytes - arriving.limit));
    arriving.extend(bytes);
  }

  /** Nothing is added any more: what still comes of the terms that land is thrown away. */
  abandon(): void {
    const { bytes } = this.#options.layout;
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { limit, rest, extend } of this.#arriving.values())
      if (limit < bytes && !rest) extend(bytes);
  }

  /** Whether terms before this one may keep it waiting. */
  #isGated(t: number): boolean {
    return this.#options.terms.slice(0, t).includes(undefined);
  }

  #landing(t: number, place: Landing['place']): Landing {
    const { bytes } = this.#options.layout;
    return {
      place,
      arrived: offset => {
        if (this.#isOver) return;
        this.#arrived[t] = offset === bytes ? bytes : offset - (offset % ALIGNMENT);
        if (t === 0) this.#summed[0] = this.#arrived[0];
        this.#goOn(Math.max(t, 1));
        if (t > 0 && !this.#isGated(t)) this.#rewind(t, offset);
      },
      released: nothing
    };
  }

  #place(t: number, offset: number): Uint8Array {
    const { ring, base, rest, limit } = this.#arriving.get(t)!;
    if (rest && offset >= limit) return rest.subarray(offset - limit);
    const end = rest ? limit - offset : ring.length;
    return ring.subarray((offset - base) % ring.length).subarray(0, end);
  }

  /** Adds what can be added of the terms from the t-th on. */
  #goOn(first: number): void {
    for (let t = first; t < this.#arrived.length; t++) {
      const from = this.#summed[t];
      const to = Math.min(this.#arrived[t], this.#summed[t - 1]);
      if (to <= from) return;
      this.#add(t, from, to);
      this.#summed[t] = to;
      this.#widen(t);
    }
  }

  /** What comes next of a term that waits for no other lies where the processor's cache still holds the last piece. */
  #rewind(t: number, offset: number): void {
    const arriving = this.#arriving.get(t)!;
    const summed = this.#summed[t];
    arriving.ring.copyWithin(0, summed - arriving.base, offset - arriving.base);
    arriving.base = summed;
  }

  /** What was added makes room for more. */
  #widen(t: number): void {
    const arriving = this.#arriving.get(t);
    const { bytes } = this.#options.layout;
    if (!arriving || arriving.rest || arriving.limit === bytes) return;
    const limit = Math.min(bytes, this.#summed[t] + arriving.ring.length);
    if (limit < bytes && limit - arriving.limit < arriving.ring.length / 2) return;
    arriving.limit = limit;
    arriving.extend(limit);
  }

  #add(t: number, from: number, to: number): void {
    const { terms, layout } = this.#options;
    const term = terms[t];
    if (term)
      return this.#addParts(t, from, to, ({ array, begin, end }) =>
        term[array].subarray(begin, end)
      );
    const { ring, base, rest, limit } = this.#arriving.get(t)!;
    for (let at = from; at < to;) {
      const isInRest = rest !== undefined && at >= limit;
      const memory = isInRest
        ? rest.subarray(at - limit)
        : ring.subarray((at - base) % ring.length);
      const most = rest && !isInRest ? limit : Infinity;
      const end = Math.min(to, at + memory.length, most);
      const start = at;
      this.#addParts(t, at, end, ({ array, begin, end, at }) =>
        typedArray([layout.words[array][0], end - begin], memory, at - start)
      );
      at = end;
    }
  }

  #addParts(
    t: number,
    from: number,
    to: number,
    termOf: (part: ReturnType<Layout['parts']>[number]) => LeafData
  ): void {
    const { layout, out, terms, step } = this.#options;
    const sumSoFar = t === 1 ? (terms[0] ?? out) : out;
    for (const part of layout.parts(from, to)) {
      const { array, begin, end } = part;
      const target = out[array].subarray(begin, end);
      const sum = sumSoFar === out ? target : sumSoFar[array].subarray(begin, end);
      step(t, target, sum, termOf(part));
    }
  }
}

function nothing(): void {
  // Whoever granted the landing hears of its end too.
}
