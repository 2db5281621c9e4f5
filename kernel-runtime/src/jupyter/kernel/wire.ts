/** Jupyter messages on the wire: frames, JSON and the HMAC that every message carries. Version 5.4 of the protocol. */
import {
  createHmac,
  createSecretKey,
  type KeyObject,
  randomUUID,
  timingSafeEqual
} from 'node:crypto';

/** The version of the messaging protocol that this kernel speaks. */
export const PROTOCOL_VERSION = '5.4';

const DELIMITER = Buffer.from('<IDS|MSG>');
const SIGNED_FRAMES = 4;

export type Content = Record<string, unknown>;

/** The header of a message; replies and outputs carry that of the request as their parent. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** A message to or from a front end. */
export interface Message {
  /** Routing frames of the socket, or the topic of a published message. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parentHeader: Header | Record<string, never>;
  readonly metadata: Content;
  readonly content: Content;
  readonly buffers: readonly Buffer[];
}

/** A header for a new message of `session`. */
export function newHeader(type: string, session: string): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'kernel',
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION
  };
}

/** Signs and verifies messages with the key of the connection file; an empty key means unsigned. */
export class Wire {
  readonly #key: KeyObject | null;
  readonly #hash: string;
  /** The headers of requests as they came: each is the parent of several messages. */
  readonly #received = new WeakMap<object, Buffer>();

  constructor(key: string, hash = 'sha256') {
    this.#key = key === '' ? null : createSecretKey(Buffer.from(key));
    this.#hash = hash;
  }

  /** The frames of a message, signed. */
  encode(message: Message): Buffer[] {
    const { header, parentHeader, metadata, content } = message;
    const parent = this.#received.get(parentHeader) ?? toFrame(parentHeader);
    const signed = [toFrame(header), parent, toFrame(metadata), toFrame(content)];
    return [
      ...message.identities,
      DELIMITER,
      Buffer.from(this.#sign(signed), 'latin1'),
      ...signed,
      ...message.buffers
    ];
  }

  /** The message in `frames`, or null if it is malformed or its signature is wrong. */
  decode(frames: readonly Buffer[]): Message | null {
    const start = frames.findIndex(frame => frame.equals(DELIMITER));
    const signature = frames[start + 1];
    const signed = frames.slice(start + 2, start + 2 + SIGNED_FRAMES);
    if (start < 0 || !signature || signed.length < SIGNED_FRAMES) return null;
    if (!isSame(signature, Buffer.from(this.#sign(signed), 'latin1'))) return null;
    const message = parse(frames.slice(0, start), signed, frames.slice(start + 2 + SIGNED_FRAMES));
    if (message) this.#received.set(message.header, signed[0]);
    return message;
  }

  #sign(frames: readonly Buffer[]): string {
    if (!this.#key) return '';
    const hmac = createHmac(this.#hash, this.#key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest('hex');
  }
}

function isSame(received: Buffer, expected: Buffer): boolean {
  return received.length === expected.length && timingSafeEqual(received, expected);
}

function parse(identities: Buffer[], signed: readonly Buffer[], buffers: Buffer[]): Message | null {
  const [header, parentHeader, metadata, content] = signed.map(toRecord);
  if (!header || !parentHeader || !metadata || !content) return null;
  if (typeof header['msg_id'] !== 'string' || typeof header['msg_type'] !== 'string') return null;
  return {
    identities,
    header: header as unknown as Header,
    parentHeader: parentHeader as unknown as Header,
    metadata,
    content,
    buffers
  };
}

function toFrame(part: object): Buffer {
  return Buffer.from(JSON.stringify(part));
}

function toRecord(frame: Buffer): Content | null {
  try {
    const value: unknown = JSON.parse(frame.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Content) : null;
  } catch {
    return null;
  }
}
