/** What packs its state into bytes itself: ranks may then differ in what they hold, as after a restart. */
import type { Communicator } from './communicator.js';

/** An object whose whole state can be taken out and put in. */
export interface Packable {
  /** The state now. */
  pack(): Promise<Uint8Array>;
  /** Takes on the state that `pack` gave on another rank, or in another process. */
  unpack(state: Uint8Array): Promise<void>;
}

/** Whether a value packs itself. */
export function isPackable(value: unknown): value is Packable {
  if (typeof value !== 'object' || value === null || !('pack' in value)) return false;
  return typeof value.pack === 'function' && 'unpack' in value;
}

const WORD = Int32Array.BYTES_PER_ELEMENT;

/** The bytes of `rootRank` on every rank, whose own may be of any other length: first how many, then they. */
export async function broadcastBytes(
  communicator: Communicator,
  bytes: Uint8Array,
  rootRank: number
): Promise<Uint8Array> {
  const { byteLength } = bytes;
  const length = await communicator.broadcast(byteLength, rootRank);
  const words = new Int32Array(Math.ceil(length / WORD));
  if (communicator.rank === rootRank) new Uint8Array(words.buffer).set(bytes);
  const { buffer } = await communicator.broadcast(words, rootRank);
  return new Uint8Array(buffer, 0, length);
}
