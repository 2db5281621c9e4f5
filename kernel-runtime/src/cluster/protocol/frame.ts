/**
 * A tensor frame: what one rank sends another for one call. Fixed header of 32 bytes, then a description in JSON, then
 * the arrays, each on an 8-byte boundary. Everything is checked before an array is made.
 */
import { DecentLabError } from '../../errors.js';

export type FrameArray = Float64Array | Float32Array | Int32Array;

/** What a frame says of itself. */
export interface FrameHead {
  /** Frames of an older epoch are dropped, those of a newer one kept until this rank has opened it. */
  readonly epoch: number;
  /** The operation, e.g. `neighborAllreduce`. */
  readonly op: string;
  /** Types, shapes and topology in words; equal on both ends of a call. */
  readonly signature: string;
  /** Which calls of an edge this frame belongs to; within a stream, the k-th frame answers the k-th receive. */
  readonly stream: string;
  /** How many unnamed calls of all ranks the sender had entered before this call. */
  readonly era: number;
}

export interface Frame extends FrameHead {
  readonly arrays: readonly FrameArray[];
}

const MAGIC = 0x314c4344;
const HEADER_BYTES = 32;
const ALIGNMENT = 8;
/** Enough for records of thousands of arrays. */
const MAX_DESCRIPTION_BYTES = 1 << 20;

const kinds = { float64: Float64Array, float32: Float32Array, int32: Int32Array } as const;
type Kind = keyof typeof kinds;

interface FrameDescription extends Omit<FrameHead, 'epoch' | 'era'> {
  /** Type and number of entries of each array. */
  readonly arrays: readonly (readonly [Kind, number])[];
}

/** The bytes of a frame. The arrays are copied: they may change as soon as this returns. */
export function encodeFrame({ epoch, era, op, signature, stream, arrays }: Frame): Buffer {
  const description: FrameDescription = {
    op,
    signature,
    stream,
    arrays: arrays.map(array => [kindOf(array), array.length])
  };
  const text = Buffer.from(JSON.stringify(description));
  const payload = arrays.reduce((total, array) => total + aligned(array.byteLength), 0);
  const start = HEADER_BYTES + aligned(text.length);
  const bytes = Buffer.allocUnsafeSlow(start + payload);
  bytes.fill(0, 0, start);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(epoch, 4);
  bytes.writeUInt32LE(text.length, 8);
  bytes.writeUInt32LE(era, 12);
  bytes.writeDoubleLE(payload, 16);
  text.copy(bytes, HEADER_BYTES);
  let offset = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += aligned(array.byteLength);
  }
  return bytes;
}

/**
 * The frame in some received bytes; its arrays are copies with memory of their own.
 * @throws FRAME_INVALID if the bytes are no frame, or its parts do not add up
 */
export function decodeFrame(bytes: Buffer): Frame {
  if (bytes.length < HEADER_BYTES) throw invalid(`${bytes.length} bytes`);
  if (bytes.readUInt32LE(0) !== MAGIC) throw invalid('bytes that begin otherwise');
  const textBytes = bytes.readUInt32LE(8);
  const payloadBytes = bytes.readDoubleLE(16);
  const start = HEADER_BYTES + aligned(textBytes);
  if (textBytes > MAX_DESCRIPTION_BYTES || start + payloadBytes !== bytes.length) {
    throw invalid(`${textBytes} + ${payloadBytes} bytes announced in ${bytes.length}`);
  }
  const description = parse(bytes.toString('utf8', HEADER_BYTES, HEADER_BYTES + textBytes));
  const announced = description.arrays.reduce((sum, array) => sum + aligned(bytesOf(array)), 0);
  if (announced !== payloadBytes) throw invalid(`arrays of ${announced} bytes in ${payloadBytes}`);
  const { op, signature, stream } = description;
  const arrays: FrameArray[] = [];
  let offset = start;
  for (const array of description.arrays) {
    arrays.push(copyOf(bytes, offset, array));
    offset += aligned(bytesOf(array));
  }
  return {
    epoch: bytes.readUInt32LE(4),
    era: bytes.readUInt32LE(12),
    op,
    signature,
    stream,
    arrays
  };
}

function copyOf(
  bytes: Buffer,
  offset: number,
  [kind, length]: readonly [Kind, number]
): FrameArray {
  const array = new kinds[kind](length);
  const target = new Uint8Array(array.buffer);
  target.set(bytes.subarray(offset, offset + array.byteLength));
  return array;
}

function parse(text: string): FrameDescription {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('a description that is no JSON');
  }
  if (!isDescription(value))
    throw invalid('a description without op, signature, stream and arrays');
  return value;
}

function isDescription(value: unknown): value is FrameDescription {
  if (typeof value !== 'object' || value === null) return false;
  const { op, signature, stream, arrays } = value as Record<string, unknown>;
  const hasTexts = [op, signature, stream].every(text => typeof text === 'string');
  return hasTexts && Array.isArray(arrays) && arrays.every(isArrayDescription);
}

function isArrayDescription(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [kind, length] = value as unknown[];
  return typeof kind === 'string' && Object.hasOwn(kinds, kind) && isLength(length);
}

function isLength(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function kindOf(array: FrameArray): Kind {
  if (array instanceof Float64Array) return 'float64';
  return array instanceof Float32Array ? 'float32' : 'int32';
}

function bytesOf([kind, length]: readonly [Kind, number]): number {
  return kinds[kind].BYTES_PER_ELEMENT * length;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function invalid(received: string): DecentLabError {
  return new DecentLabError('FRAME_INVALID', { received });
}
