/** The websocket frames of whole binary messages (RFC 6455, 5.2), written and taken out of a stream without a detour. */

const FINAL_BINARY = 0x82;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** Two bytes, eight of a length, and the mask. */
export const LONGEST_HEADER = 2 + 8 + MASK_BYTES;

/** Memory for a message of so many bytes, with room in front of it for the header of its frame. */
export function newMessage(bytes: number): Buffer {
  return Buffer.allocUnsafe(LONGEST_HEADER + bytes).subarray(LONGEST_HEADER);
}

/**
 * The frame of a message, in one piece with it.
 * @param message from `newMessage`
 * @param isMasked as a client has to; the mask is zero, because between processes of one cluster it protects nobody
 */
export function frameOf(message: Buffer, isMasked: boolean): Buffer {
  const { length } = message;
  const lengthBytes = length < 126 ? 0 : length < 1 << 16 ? 2 : 8;
  const header = 2 + lengthBytes + (isMasked ? MASK_BYTES : 0);
  const frame = Buffer.from(message.buffer, message.byteOffset - header, header + length);
  frame[0] = FINAL_BINARY;
  frame[1] = (isMasked ? MASKED : 0) | (length < 126 ? length : length < 1 << 16 ? 126 : 127);
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  if (isMasked) frame.fill(0, header - MASK_BYTES, header);
  return frame;
}

/** The header at `at` of a frame; undefined if not all of it is there. */
export interface FrameHeader {
  readonly bytes: number;
  /** Bytes of the payload. */
  readonly length: number;
  /** Whether the frame is a whole binary message, and needs no unmasking. */
  readonly isMessage: boolean;
}

/** Reads the header of a frame. @param isMasked whether messages have to have a mask */
export function readHeader(
  bytes: Uint8Array,
  at: number,
  isMasked: boolean
): FrameHeader | undefined {
  if (bytes.length - at < 2) return undefined;
  const [first, second] = [bytes[at], bytes[at + 1]];
  const short = second & ~MASKED;
  const hasMask = (second & MASKED) !== 0;
  const before = short < 126 ? 2 : short === 126 ? 4 : 10;
  const header = before + (hasMask ? MASK_BYTES : 0);
  if (bytes.length - at < header) return undefined;
  let length = short;
  if (before > 2) {
    length = 0;
    for (let k = 2; k < before; k++) length = length * 256 + bytes[at + k];
  }
  const isPlain = !hasMask || isZero(bytes, at + before);
  const isMessage = first === FINAL_BINARY && hasMask === isMasked && isPlain && length > 0;
  return { bytes: header, length, isMessage };
}

function isZero(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] | bytes[at + 1] | bytes[at + 2] | bytes[at + 3]) === 0;
}
