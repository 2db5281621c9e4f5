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

/** One head on its way in or out, as 32-bit words: little-endian, as the numbers of payloads are. */
const fields = new Uint32Array(HEAD_BYTES / 4);
const fieldBytes = new Uint8Array(fields.buffer);
const TWO_BYTES = 0x1_0000;

/** The bytes of a head, with room behind them. What is left out is 0. */
export function encodeHead(head: Partial<Head> & Pick<Head, 'kind'>, room = 0): Buffer {
  const bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + room);
  writeHead(bytes, head);
  return bytes;
}

/** Writes a head to the beginning of some bytes. What is left out is 0. */
export function writeHead(bytes: Uint8Array, head: Partial<Head> & Pick<Head, 'kind'>): void {
  const { kind, stream = 0, sender = 0, words = 0, length = 0 } = head;
  fields[0] = MAGIC;
  fields[1] = kinds.indexOf(kind) | (stream << 8) | (sender << 16);
  fields[2] = head.epoch ?? 0;
  fields[3] = head.sequence ?? 0;
  fields[4] = head.era ?? 0;
  fields[5] = head.number ?? 0;
  fields[6] = words | ((length % TWO_BYTES) << 16);
  fields[7] = length / TWO_BYTES;
  bytes.set(fieldBytes);
}

/** The head at the beginning of some bytes. @throws FRAME_INVALID if there is none */
export function decodeHead(bytes: Buffer): Head {
  if (bytes.length < HEAD_BYTES) throw frameInvalid(`${bytes.length} bytes`);
  bytes.copy(fieldBytes, 0, 0, HEAD_BYTES);
  if (fields[0] !== MAGIC) throw frameInvalid('bytes that begin otherwise');
  const kind = kinds[fieldBytes[4]] as Kind | undefined;
  const words = fields[6] % TWO_BYTES;
  if (kind === undefined) throw frameInvalid(`a head of the unknown kind ${fieldBytes[4]}`);
  if (words >= WORD_PLACES) throw frameInvalid(`words in the place ${words}`);
  return {
    kind,
    stream: fieldBytes[5],
    sender: fields[1] >>> 16,
    epoch: fields[2],
    sequence: fields[3],
    era: fields[4],
    number: fields[5],
    words,
    length: (fields[6] >>> 16) + fields[7] * TWO_BYTES
  };
}

/** The error that closes a link whose peer breaks the rules. */
export function frameInvalid(received: string): DecentLabError {
  return new DecentLabError('FRAME_INVALID', { received });
}
