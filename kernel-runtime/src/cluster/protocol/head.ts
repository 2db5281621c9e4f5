/**
 * The head of everything that two ranks say on a tensor link: 32 bytes, checked before anything behind them is used.
 *
 * | bytes  |           |                                                                            |
 * | ------ | --------- | -------------------------------------------------------------------------- |
 * | 0–3    | magic     |                                                                            |
 * | 4      | kind      | the place in `kinds`                                                       |
 * | 5      | stream    | which kind of stream of the edge: the link does not look at it             |
 * | 6–7    | sender    | the rank                                                                   |
 * | 8–11   | epoch     |                                                                            |
 * | 12–15  | sequence  | the message's number on this edge                                          |
 * | 16–19  | era       | the sender's calls of all ranks so far: the link does not look at it       |
 * | 20–23  | number    | the number of the stream, of the chunk, or of the messages that are credited |
 * | 24–25  | words     | where the receiver keeps the words of this message                         |
 * | 26–31  | length    | bytes behind the head; of a grant and a credit: how many                   |
 */
import { DecentLabError } from '../../errors.js';

/**
 * `words`: text that later messages name by its place. `message`: a small one, payload and all. `announcement`: a large
 * one, whose payload waits for a grant. `grant`: payload may follow up to a length. `credit`: small messages were
 * consumed. `signal`: a message outside of all streams. `chunk`: a piece of a granted payload.
 */
const kinds = ['words', 'message', 'announcement', 'grant', 'credit', 'signal', 'chunk'] as const;
export type Kind = (typeof kinds)[number];

export interface Head {
  readonly kind: Kind;
  readonly stream: number;
  readonly sender: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly era: number;
  readonly number: number;
  readonly words: number;
  readonly length: number;
}

export const HEAD_BYTES = 32;
/** Places for words on one edge. */
export const WORD_PLACES = 1024;
const MAGIC = 0x324c4344;
const LENGTH_BYTES = 6;

/** The bytes of a head, with room behind them. What is left out is 0. */
export function encodeHead(head: Partial<Head> & Pick<Head, 'kind'>, room = 0): Buffer {
  const bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + room);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes[4] = kinds.indexOf(head.kind);
  bytes[5] = head.stream ?? 0;
  bytes.writeUInt16LE(head.sender ?? 0, 6);
  bytes.writeUInt32LE(head.epoch ?? 0, 8);
  bytes.writeUInt32LE(head.sequence ?? 0, 12);
  bytes.writeUInt32LE(head.era ?? 0, 16);
  bytes.writeUInt32LE(head.number ?? 0, 20);
  bytes.writeUInt16LE(head.words ?? 0, 24);
  bytes.writeUIntLE(head.length ?? 0, 26, LENGTH_BYTES);
  return bytes;
}

/** The head at the beginning of some bytes. @throws FRAME_INVALID if there is none */
export function decodeHead(bytes: Buffer): Head {
  if (bytes.length < HEAD_BYTES) throw frameInvalid(`${bytes.length} bytes`);
  if (bytes.readUInt32LE(0) !== MAGIC) throw frameInvalid('bytes that begin otherwise');
  const kind = kinds[bytes[4]] as Kind | undefined;
  const words = bytes.readUInt16LE(24);
  if (kind === undefined) throw frameInvalid(`a head of the unknown kind ${bytes[4]}`);
  if (words >= WORD_PLACES) throw frameInvalid(`words in the place ${words}`);
  return {
    kind,
    stream: bytes[5],
    sender: bytes.readUInt16LE(6),
    epoch: bytes.readUInt32LE(8),
    sequence: bytes.readUInt32LE(12),
    era: bytes.readUInt32LE(16),
    number: bytes.readUInt32LE(20),
    words,
    length: bytes.readUIntLE(26, LENGTH_BYTES)
  };
}

/** The error that closes a link whose peer breaks the rules. */
export function frameInvalid(received: string): DecentLabError {
  return new DecentLabError('FRAME_INVALID', { received });
}
