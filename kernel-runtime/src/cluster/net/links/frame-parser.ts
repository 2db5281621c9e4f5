/**
 * The stream of websocket frames that a server sends, taken apart in place: payloads of binary messages are read straight
 * into the memory they are meant for, control frames are handed on to `ws`, everything else breaks the rules (RFC 6455).
 */
import { decodeHead, frameInvalid, HEAD_BYTES, type Head } from '../../protocol/head.js';
import { CHUNK_BYTES } from './sizes.js';

/** Who hears what the stream holds. */
export interface FrameSink {
  /** Bytes of control frames. They are only good until this returns. */
  onControl(bytes: Uint8Array): void;
  /** A message begins. @throws to refuse it */
  onHead(head: Head): void;
  /** Where the payload from `offset` of the message on goes: one byte at least. */
  place(offset: number): Uint8Array;
  /** The payload of the message has arrived up to `offset`. */
  onArrived(offset: number): void;
  /** The message is whole. */
  onEnd(): void;
}

const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const CONTINUATION = 0;
const BINARY = 2;
const CLOSE = 8;
const PONG = 10;
const MAX_CONTROL_BYTES = 125;
const MAX_MESSAGE_BYTES = HEAD_BYTES + CHUNK_BYTES;
const LONGEST_FRAME_HEADER = 10;
/** The first frame of a message that holds a head, and the header of the frame behind it. */
const EXPECTED_BYTES = 2 + HEAD_BYTES + LONGEST_FRAME_HEADER;

export class FrameParser {
  readonly #sink: FrameSink;
  /** What arrives between payloads is read into this: little, so that hardly a byte of payload has to be copied. */
  readonly #scratch = Buffer.allocUnsafeSlow(EXPECTED_BYTES);
  readonly #header = Buffer.alloc(LONGEST_FRAME_HEADER);
  #headerBytes = 0;
  readonly #headBytes = Buffer.alloc(HEAD_BYTES);
  /** Bytes of the frame that are still to come; -1 before the header of a frame is whole. */
  #left = -1;
  #isControl = false;
  #isFinal = false;
  /** Bytes of the message so far, its head included; -1 between messages. */
  #position = -1;
  #head: Head | undefined;
  /** The memory that was last handed out for a payload. */
  #target: Uint8Array | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** The memory that the next bytes of the stream are to be read into. */
  next(): Uint8Array {
    const isPayload = this.#left > 0 && !this.#isControl && this.#position >= HEAD_BYTES;
    this.#target = isPayload ? this.#place() : undefined;
    return this.#target ?? this.#scratch;
  }

  /** `count` bytes were read into the memory that `next` has returned. @throws FRAME_INVALID */
  read(count: number): void {
    if (this.#target) this.#advance(count);
    else this.feed(this.#scratch.subarray(0, count));
  }

  /** Bytes that were read elsewhere. @throws FRAME_INVALID */
  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += this.#take(bytes.subarray(at));
  }

  /** @returns how many of the bytes it has taken */
  #take(bytes: Uint8Array): number {
    if (this.#left < 0) {
      this.#takeHeader(bytes[0]);
      return 1;
    }
    const count = Math.min(bytes.length, this.#left);
    if (this.#isControl) return this.#takeControl(bytes.subarray(0, count));
    if (this.#position < HEAD_BYTES) return this.#takeHead(bytes.subarray(0, count));
    const place = this.#place();
    const copied = Math.min(count, place.length);
    place.set(bytes.subarray(0, copied));
    this.#advance(copied);
    return copied;
  }

  #takeHeader(byte: number): void {
    const header = this.#header;
    header[this.#headerBytes++] = byte;
    if (this.#headerBytes < 2) return;
    const short = header[1] & ~MASKED;
    const bytes = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (this.#headerBytes < bytes) return;
    if (bytes === 10 && header.readUInt32BE(2) > 0) throw frameInvalid('a frame beyond all sizes');
    const length =
      bytes === 10 ? header.readUInt32BE(6) : bytes === 4 ? header.readUInt16BE(2) : short;
    this.#headerBytes = 0;
    this.#beginFrame(length, bytes);
  }

  #beginFrame(length: number, headerBytes: number): void {
    const [first, second] = this.#header;
    const opcode = first & 0x0f;
    this.#isFinal = (first & FINAL) !== 0;
    this.#isControl = opcode >= CLOSE && opcode <= PONG;
    if (first & RESERVED || second & MASKED) throw frameInvalid('a frame with forbidden bits');
    if (this.#isControl) {
      if (!this.#isFinal || length > MAX_CONTROL_BYTES) throw frameInvalid('a long control frame');
      this.#sink.onControl(this.#header.subarray(0, headerBytes));
    } else this.#beginData(opcode, length);
    this.#left = length;
    if (length === 0) this.#endFrame();
  }

  #beginData(opcode: number, length: number): void {
    const isFirst = this.#position < 0;
    if (opcode !== (isFirst ? BINARY : CONTINUATION)) {
      throw frameInvalid(
        `a frame with the opcode ${opcode} ${isFirst ? 'between' : 'inside of'} messages`
      );
    }
    if (isFirst) this.#position = 0;
    const limit = this.#head ? HEAD_BYTES + this.#head.length : MAX_MESSAGE_BYTES;
    if (this.#position + length > limit)
      throw frameInvalid(`more than ${limit} bytes in a message`);
  }

  #takeControl(bytes: Uint8Array): number {
    this.#sink.onControl(bytes);
    this.#left -= bytes.length;
    if (this.#left === 0) this.#left = -1;
    return bytes.length;
  }

  #takeHead(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, HEAD_BYTES - this.#position);
    this.#headBytes.set(taken, this.#position);
    this.#position += taken.length;
    this.#left -= taken.length;
    if (this.#position === HEAD_BYTES) {
      const head = decodeHead(this.#headBytes);
      if (this.#left > head.length || head.length > CHUNK_BYTES) {
        throw frameInvalid(`a head of ${head.length} bytes before ${this.#left}`);
      }
      this.#sink.onHead(head);
      this.#head = head;
    }
    if (this.#left === 0) this.#endFrame();
    return taken.length;
  }

  #place(): Uint8Array {
    const place = this.#sink.place(this.#position - HEAD_BYTES);
    return place.length > this.#left ? place.subarray(0, this.#left) : place;
  }

  #advance(count: number): void {
    this.#position += count;
    this.#left -= count;
    this.#sink.onArrived(this.#position - HEAD_BYTES);
    if (this.#left === 0) this.#endFrame();
  }

  #endFrame(): void {
    this.#left = -1;
    if (this.#isControl || !this.#isFinal) return;
    if (!this.#head || this.#position < HEAD_BYTES + this.#head.length) {
      throw frameInvalid(`a message that ends after ${this.#position} bytes`);
    }
    this.#position = -1;
    this.#head = undefined;
    this.#sink.onEnd();
  }
}
