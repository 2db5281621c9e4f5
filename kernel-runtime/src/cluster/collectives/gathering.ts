/** Landings: where the arrays of a message go. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Landing } from '../net/links/types.js';
import { arraysIn, payloadBytes, type Words } from './words.js';

/** New memory for the arrays of a message, and its landing. */
export interface Gathering {
  readonly landing: Landing;
  readonly memory: Buffer;
  readonly arrays: readonly LeafData[];
}

/** @param released hears when the memory is left alone, and whether it is full */
export function gather(words: Words, released: (isWhole: boolean) => void): Gathering {
  const memory = Buffer.from(new ArrayBuffer(payloadBytes(words)));
  const landing = { place: inside(memory), arrived: () => undefined, released };
  return { landing, memory, arrays: arraysIn(memory, words) };
}

/** The places of a payload that lies in one piece. */
export function inside(memory: Uint8Array): Landing['place'] {
  return offset => memory.subarray(offset);
}

/** A payload that is here already lands at once. */
export function pour(payload: Uint8Array, { place, arrived, released }: Landing): void {
  for (let offset = 0; offset < payload.length;) {
    const target = place(offset);
    const count = Math.min(target.length, payload.length - offset);
    target.set(payload.subarray(offset, offset + count));
    offset += count;
    arrived(offset);
  }
  released(true);
}

const DRAIN_BYTES = 64 << 10;
/** What nobody wants is written here. */
let drain: Uint8Array | undefined;

/** A landing for what nobody wants any more. */
export function thrownAway(): Landing {
  const place = (): Uint8Array => (drain ??= new Uint8Array(DRAIN_BYTES));
  return { place, arrived: () => undefined, released: () => undefined };
}
